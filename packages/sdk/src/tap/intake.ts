import { RunMemory } from "ava-dialects";
import { runLayout } from "../place/workspace/layout.js";
import { JournalOutlet, type OutletEvents } from "./journal-outlet.js";
import { Ledger } from "./ledger.js";
import type { TapConfig } from "./tap-config.js";
import type { WrappedParams } from "./wrapped-params.js";

/** A way into the journals: what passes through is known again when the tap was killed. */
export interface Intake {
  memory: RunMemory;
  outlet: JournalOutlet;
}

/**
 * @param config - of the tap
 * @param file - name of the file in the folder of the wrapped instance in which it notes what it must know again
 * @param params - of the wrapped instance
 * @param events - told what happens
 */
export async function openIntake(
  config: TapConfig,
  file: string,
  params: WrappedParams,
  events: Omit<OutletEvents, "onStop">,
): Promise<Intake> {
  const ledger = new Ledger(runLayout(config.workspace, config.instanceId), file, (id) => runLayout(config.workspace, id).journal);
  const outlet = new JournalOutlet(config, ledger, params, { ...events, onStop: (id, reason) => memory.stop(id, reason) });
  const memory = new RunMemory(outlet);
  for (const entry of ledger.entries) memory.restore(entry);
  const wrapped = await memory.run(config.instanceId);
  if (wrapped) params.add(wrapped.facts.paramsText);
  return { memory, outlet };
}
