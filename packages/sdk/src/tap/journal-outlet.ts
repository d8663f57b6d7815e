import { hostname } from "node:os";
import { join } from "node:path";
import {
  type AppendEntry,
  instanceIdOf,
  type MemoryEntry,
  type Outlet,
  type OutletRecord,
  type RunFile,
  type RunKey,
  TENSORBOARD,
  wandbDialect,
} from "ava-dialects";
import { DEFAULT_TRAINING, type InstanceFacts } from "ava-protocol";
import { newInstanceId } from "../place/instance-id.js";
import { maskCommand } from "../place/secrets/mask-secrets.js";
import { runLayout } from "../place/workspace/layout.js";
import { noteRemoved } from "../ship/run-files.js";
import { filesFolder, listFiles, putFile, putStaged, readFile, removeFiles, removeParts, stageFile } from "./file-store.js";
import type { Ledger } from "./ledger.js";
import { Patience } from "./patience.js";
import type { TapConfig } from "./tap-config.js";
import type { TappedInstances } from "./tapped-instances.js";
import type { WrappedParams } from "./wrapped-params.js";

/** How long the journal is tried where the program waits for the answer. */
const PROGRAM_WAITS_MS = 4_000;
/** How long where it does not: wandb's client sends from a process of its own, and event files stay where they are. */
const CLIENT_WAITS_MS = 60_000;
const PATIENT: ReadonlySet<string> = new Set([wandbDialect.name, TENSORBOARD]);

/** Told what happens; must not throw. */
export interface OutletEvents {
  /** A run of a dialect has joined the wrapped instance. */
  onJoined(dialect: string): void;
  onNotice(message: string): void;
}

/** Writes what clients tell to the journals of instances: the first run to that of the wrapped instance, each further one to its own. */
export class JournalOutlet implements Outlet {
  private readonly config: TapConfig;
  private readonly ledger: Ledger;
  private readonly params: WrappedParams;
  private readonly instances: TappedInstances;
  private readonly events: OutletEvents;
  private readonly patience = new Patience();
  /** Of each instance. */
  private readonly dialects = new Map<string, string>();
  private readonly passedOver = new Map<string, Map<string, number>>();
  /** Name of the run that has joined the wrapped instance. */
  private joined: string | undefined;

  /**
   * @param config - of the tap
   * @param ledger - what an earlier one noted
   * @param params - of the wrapped instance
   * @param instances - of all outlets of the tap
   * @param events - told what happens
   */
  constructor(config: TapConfig, ledger: Ledger, params: WrappedParams, instances: TappedInstances, events: OutletEvents) {
    this.config = config;
    this.params = params;
    this.instances = instances;
    this.ledger = ledger;
    this.events = events;
    for (const entry of ledger.entries) {
      if (entry.kind === "open") this.reopen(entry);
      else if (entry.kind === "passedOver") this.count(entry.id, entry.what, entry.count);
    }
  }

  /** A run of a client has joined the wrapped instance. */
  get hasJoined(): boolean {
    return this.joined !== undefined;
  }

  open(key: RunKey, facts: InstanceFacts): { id: string; isNew: boolean } {
    const name = JSON.stringify(key);
    const opened = this.openNamed(key, name, facts);
    this.dialects.set(opened.id, key.dialect);
    return opened;
  }

  private openNamed(key: RunKey, name: string, facts: InstanceFacts): { id: string; isNew: boolean } {
    if (this.joined === undefined || (key.run !== undefined && this.joined === name)) return this.join(key, name, facts);
    const id = key.run === undefined ? newInstanceId() : instanceIdOf(key);
    const isNew = this.instances.get(id) === undefined;
    const { command, workingFolder } = this.config;
    const own = { host: hostname(), command: maskCommand([...command]), workingFolder };
    this.instances.open(id, key.training).facts({ ...own, ...facts });
    this.instances.link(id);
    return { id, isNew };
  }

  async note(entry: MemoryEntry): Promise<void> {
    // What was told of a run when it was opened is in its journal, too, before the client has its answer.
    const isWritten = () => entry.kind !== "open" || this.instances.get(entry.id)?.isWritten() !== false;
    if (!(await this.patience.within(entry.kind, PROGRAM_WAITS_MS, () => isWritten() && this.ledger.note(entry)))) this.ledger.note(entry);
  }

  async write(id: string, records: readonly OutletRecord[], entry: AppendEntry): Promise<void> {
    const instance = this.instances.get(id);
    if (!instance) return;
    const mine = id === this.config.instanceId ? records.flatMap((record) => this.ofWrapped(record)) : records;
    const isKept = () => {
      // Noted first: of what a kill cuts off in between it is found out whether it was written.
      if (!this.ledger.note({ ...entry, at: instance.position })) return false;
      if (mine.length === 0 || instance.record(mine)) return true;
      this.ledger.takeBack();
      return false;
    };
    const mostMs = PATIENT.has(this.dialects.get(id) ?? "") ? CLIENT_WAITS_MS : PROGRAM_WAITS_MS;
    if (await this.patience.within(id, mostMs, isKept)) return;
    instance.recordOrCount(mine);
    this.ledger.note(entry);
  }

  putFile(id: string, path: string, bytes: AsyncIterable<Uint8Array>): Promise<{ bytes: number }> {
    return putFile(this.folderOf(id), path, bytes);
  }

  stage(bytes: AsyncIterable<Uint8Array>): Promise<string> {
    return stageFile(this.stagingFolder, bytes);
  }

  async putStaged(id: string, path: string, staged: string): Promise<boolean> {
    return putStaged(this.stagingFolder, staged, this.folderOf(id), path);
  }

  async removeFiles(id: string, path: string): Promise<void> {
    removeFiles(this.folderOf(id), path);
    noteRemoved(runLayout(this.config.workspace, id).base, path);
  }

  async files(id: string, folder: string): Promise<RunFile[]> {
    return listFiles(this.folderOf(id), folder);
  }

  async readFile(id: string, path: string): Promise<AsyncIterable<Uint8Array> | undefined> {
    return readFile(this.folderOf(id), path);
  }

  passOver(id: string, what: string, count: number): void {
    this.count(id, what, count);
    this.ledger.note({ kind: "passedOver", id, what, count });
  }

  /** What the ledger must hold beside the entries of a memory. */
  entries(): MemoryEntry[] {
    return [...this.passedOver].flatMap(([id, counts]) =>
      [...counts].map(([what, count]) => ({ kind: "passedOver", id, what, count }) as const),
    );
  }

  private count(id: string, what: string, count: number): void {
    const counts = this.passedOver.get(id) ?? new Map<string, number>();
    this.passedOver.set(id, counts.set(what, (counts.get(what) ?? 0) + count));
  }

  /** Tells what was understood and not kept, with each instance and to the run. */
  tellPassedOver(): void {
    for (const [id, counts] of this.passedOver) {
      const words = [...counts].map(([kind, count]) => `${count} ${kind}`).join(", ");
      const timeNs = String(BigInt(Date.now()) * 1_000_000n);
      const message = `logged, and AVA has no place for it: ${words}`;
      this.instances.get(id)?.recordOrCount([{ kind: "event", event: { event: "notice", timeNs, message } }]);
      this.events.onNotice(`what instance ${id} logged and AVA has no place for: ${words}`);
    }
  }

  private join(key: RunKey, name: string, facts: InstanceFacts): { id: string; isNew: boolean } {
    const isNew = this.joined === undefined;
    const { instanceId: id, training = key.training } = this.config;
    this.joined = name;
    const instance = this.instances.open(id, training);
    for (const record of this.ofWrapped({ kind: "facts", facts })) if (record.kind === "facts") instance.facts(record.facts);
    if (isNew) this.events.onJoined(key.dialect);
    return { id, isNew };
  }

  /** The wrapped instance has its own start, end and console; a client adds params, and what the user did not say himself. */
  private ofWrapped(record: OutletRecord): OutletRecord[] {
    if (record.kind === "log") return [];
    if (record.kind !== "facts") return [record];
    const { paramsText, training, name } = record.facts;
    const { hasName, training: ownTraining } = this.config;
    const facts: InstanceFacts = {
      ...(paramsText === undefined ? {} : this.params.add(paramsText)),
      ...(training === undefined || training === DEFAULT_TRAINING || ownTraining !== undefined ? {} : { training }),
      ...(name === undefined || hasName ? {} : { name }),
    };
    return Object.keys(facts).length > 0 ? [{ kind: "facts", facts }] : [];
  }

  private reopen({ id, key }: Extract<MemoryEntry, { kind: "open" }>): void {
    const isWrapped = id === this.config.instanceId;
    this.dialects.set(id, key.dialect);
    if (isWrapped) this.joined = JSON.stringify(key);
    else this.instances.relink(id);
    // What an earlier tap was writing when it was killed.
    removeParts(this.folderOf(id));
    this.instances.open(id, isWrapped ? (this.config.training ?? key.training) : key.training);
  }

  private get stagingFolder(): string {
    return join(runLayout(this.config.workspace, this.config.instanceId).base, "staged");
  }

  private folderOf(id: string): string {
    return filesFolder(runLayout(this.config.workspace, id));
  }
}
