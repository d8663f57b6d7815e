import { RunMemory } from "ava-dialects";
import { runLayout } from "../place/workspace/layout.js";
import { JournalOutlet, type OutletEvents } from "./journal-outlet.js";
import { Ledger } from "./ledger.js";
import type { TapConfig } from "./tap-config.js";
import { TappedInstances } from "./tapped-instances.js";
import { WrappedParams } from "./wrapped-params.js";

/** A way into the journals: what passes through is known again when the tap was killed. */
export interface Intake {
  memory: RunMemory;
  outlet: JournalOutlet;
}

/** The ways into the journals of a tap. */
export interface Intakes {
  /** Of the clients that ask. */
  clients: Intake;
  /** Of the event files that are read. */
  files: Intake;
  instances: TappedInstances;
}

/**
 * Opens the ways into the journals; what an earlier tap noted is taken up.
 *
 * @param config - of the tap
 * @param events - told what happens
 */
export async function openIntakes(config: TapConfig, events: OutletEvents): Promise<Intakes> {
  const ledgerOf = (file: string) =>
    new Ledger(runLayout(config.workspace, config.instanceId), file, (id) => runLayout(config.workspace, id).journal);
  const ledgers = { clients: ledgerOf("tap.jsonl"), files: ledgerOf("tensorboard.jsonl") };
  const writers = new Set([...ledgers.clients.writers, ...ledgers.files.writers]);
  const instances = new TappedInstances(config, writers, {
    onStop: (id, reason) => clients.memory.stop(id, reason),
    onNotice: (message) => events.onNotice(message),
  });
  const params = new WrappedParams(config.paramsText);
  const open = async (ledger: Ledger): Promise<Intake> => {
    const outlet = new JournalOutlet(config, ledger, params, instances, events);
    const memory = new RunMemory(outlet);
    for (const entry of ledger.entries) memory.restore(entry);
    ledger.summary = () => [...memory.entries(), ...outlet.entries()];
    const wrapped = await memory.run(config.instanceId);
    if (wrapped) params.add(wrapped.facts.paramsText);
    return { memory, outlet };
  };
  const clients = await open(ledgers.clients);
  return { clients, files: await open(ledgers.files), instances };
}
