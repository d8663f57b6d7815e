import type { ShipLoopEvents } from "../ship/ship-loop.js";
import type { SnapshotJob } from "../snapshot/job.js";
import type { SnapshotLoopEvents, SnapshotTrouble } from "../snapshot/snapshot-loop.js";
import type { AnswerFields } from "./request.js";

/** A client that attends a run; told of what happens to it. */
export interface RunClient {
  /** Host that it is on. */
  readonly host: string;
  /** @param event - with the run's folder as the client calls it */
  tell(event: AnswerFields): void;
}

/** Told that a snapshot is registered, or what is in its way. */
export type SnapshotListener = (result: { registered: SnapshotJob } | { trouble: SnapshotTrouble }) => void;

/** The clients that attend one run, and what they are told. */
export class Audience implements ShipLoopEvents, SnapshotLoopEvents {
  /** Hosts whose processes leave their records to us. */
  readonly hosts: Set<string> = new Set();
  /** Told of snapshots. */
  readonly snapshotListeners: Set<SnapshotListener> = new Set();
  private readonly clients = new Map<RunClient, string>();
  private stopReason: string | undefined;
  private trouble: string | undefined;

  /** How many there are. */
  get size(): number {
    return this.clients.size;
  }

  /** @param client - who attends the run from now on @param name - the run's folder as it calls it */
  add(client: RunClient, name: string): void {
    this.clients.set(client, name);
    this.hosts.add(client.host);
  }

  /** @param client - any @returns whether it attends the run now */
  has(client: RunClient): boolean {
    return this.clients.has(client);
  }

  /** @param client - that is gone */
  remove(client: RunClient): void {
    this.clients.delete(client);
  }

  /** Tells what happened before a client came. @param client - that attends the run */
  catchUp(client: RunClient): void {
    const run = this.clients.get(client);
    if (run === undefined) return;
    if (this.stopReason !== undefined) client.tell({ event: "stop", run, reason: this.stopReason });
    if (this.trouble !== undefined) client.tell({ event: "trouble", run, reason: this.trouble });
  }

  /** The platform does not take records. @param reason - why */
  onTrouble(reason: string): void {
    this.trouble = reason;
    this.tell({ event: "trouble", reason });
  }

  /** The platform takes records again. */
  onRecovered(): void {
    this.trouble = undefined;
    this.tell({ event: "recovered" });
  }

  /** The platform asks the run to stop. @param reason - as they said */
  onStop(reason: string): void {
    this.stopReason = reason;
    this.tell({ event: "stop", reason });
  }

  /** A snapshot is stored and registered. @param job - it */
  onRegistered(job: SnapshotJob): void {
    this.tell({ event: "registered", model: job.model, url: job.stored?.url ?? "" });
    for (const listener of this.snapshotListeners) listener({ registered: job });
  }

  /** A snapshot could not be stored or registered. @param trouble - what and why */
  onSnapshotTrouble(trouble: SnapshotTrouble): void {
    this.onNotice(trouble.message);
    for (const listener of this.snapshotListeners) listener({ trouble });
  }

  /** @param message - a word for the users of the run */
  onNotice(message: string): void {
    this.tell({ event: "notice", message });
  }

  private tell(event: AnswerFields): void {
    for (const [client, run] of this.clients) client.tell({ ...event, run });
  }
}
