import { hostname } from "node:os";
import type { SegmentHeader } from "ava-protocol";
import type { Settings } from "../settings/settings.js";
import { isProcessAlive } from "../shipper/is-writer-alive.js";
import { RunWriters } from "../shipper/run-writers.js";
import { ShipLoop, type ShippedWriter } from "../shipper/ship-loop.js";
import { createTransport, type Transport } from "../shipper/transport.js";
import { type RunLayout, runLayout } from "../workspace/layout.js";
import type { AnswerFields } from "./request.js";
import { RunWatch, type WatchedProcess } from "./run-watch.js";

/** Who attends a run; told of what happens to it. */
export interface RunClient {
  /** Host that it is on. */
  readonly host: string;
  /** @param event - with the run's folder as the client calls it */
  tell(event: AnswerFields): void;
}

/** A run that is to be attended. */
export interface RunPlace {
  workspace: string;
  instance: string;
  settings: Settings;
  /** The folder is our own copy of one that we do not see. */
  isMirror: boolean;
}

/** How the wait of a client ended. */
export interface FinishAnswer {
  isComplete: boolean;
  reason?: string;
  waitingSnapshots: number;
  refusedRecords: number;
}

/** The agent's work for one run: shipping its journals, watching its machine. */
export class AttendedRun {
  readonly place: RunPlace;
  readonly layout: RunLayout;
  private readonly clients = new Map<RunClient, string>();
  private readonly hosts = new Set([hostname()]);
  private readonly writers: RunWriters;
  private readonly watch: RunWatch;
  private readonly transport: Transport;
  private readonly loop: ShipLoop;
  private readonly running: Promise<void>;
  private stopReason: string | undefined;
  private trouble: string | undefined;

  /** Starts to ship. @param place - the run, and where its records go */
  constructor(place: RunPlace) {
    this.place = place;
    const { workspace, instance, settings } = place;
    this.layout = runLayout(workspace, instance);
    const { journal: folder } = this.layout;
    this.watch = new RunWatch({ folder, instance, training: settings.training, workspace, tell: (message) => this.notice(message) });
    this.writers = new RunWriters({
      folder,
      instance,
      isOwn: (writer) => this.watch.isOwn(writer),
      isOurs: (header) => this.isOurs(header),
      isAlive: (header) => this.mayWrite(header),
    });
    this.transport = createTransport(settings.platformUrl, settings.token);
    this.loop = new ShipLoop({
      writers: () => this.writers.refresh(),
      transport: this.transport,
      isSpeaking: () => this.isNeeded,
      events: {
        onTrouble: (reason) => {
          this.trouble = reason;
          this.tell({ event: "trouble", reason });
        },
        onRecovered: () => {
          this.trouble = undefined;
          this.tell({ event: "recovered" });
        },
        onStop: (reason) => {
          this.stopReason = reason;
          this.tell({ event: "stop", reason });
        },
      },
    });
    this.running = this.loop.run();
  }

  /** Whether somebody attends the run, or a process lives that leaves its journal to us. */
  get isNeeded(): boolean {
    if (this.clients.size > 0) return true;
    return this.writers.living.some((header) => this.isOnHost(header) && this.isOurs(header) && !this.isWatch(header));
  }

  /**
   * @param client - who attends the run from now on
   * @param name - the run's folder as it calls it
   * @param watched - process whose machine use is recorded, if it is one of this host
   */
  attach(client: RunClient, name: string, watched: WatchedProcess | undefined): void {
    this.clients.set(client, name);
    this.hosts.add(client.host);
    if (watched) this.watch.start(watched);
  }

  /** What happened before a client came. @param client - that attends the run */
  catchUp(client: RunClient): void {
    const run = this.clients.get(client);
    if (this.stopReason !== undefined) client.tell({ event: "stop", run, reason: this.stopReason });
    if (this.trouble !== undefined) client.tell({ event: "trouble", run, reason: this.trouble });
  }

  /** @param client - that is gone, or wants no more */
  detach(client: RunClient): void {
    this.clients.delete(client);
  }

  /**
   * Waits until what was recorded is confirmed.
   *
   * @param timeoutMs - longest wait for records
   * @param snapshotTimeoutMs - longest wait for snapshots
   * @param writer - only those of the process that has this journal. Default: all
   * @returns what became of them; never rejects
   */
  async finish(timeoutMs: number, _snapshotTimeoutMs: number, writer?: string): Promise<FinishAnswer> {
    const settled = await this.loop.settle(Date.now() + timeoutMs, this.filter(writer));
    return { ...settled, waitingSnapshots: 0, refusedRecords: this.writers.refusedRecords };
  }

  /** Looks after what time brings. */
  async tick(): Promise<void> {
    await this.watch.closeEnded();
  }

  /**
   * Ships what is left of a run that nobody needs any more.
   *
   * @param deadlineMs - when to give up, in milliseconds since 1970
   */
  async drain(deadlineMs: number): Promise<void> {
    await this.watch.close();
    await this.loop.settle(deadlineMs);
  }

  /** Ends the work; what is not shipped stays in the files. */
  async close(): Promise<void> {
    await this.watch.close();
    this.loop.stop();
    this.transport.close();
    await this.running;
    this.writers.close();
  }

  /** @param message - a word for the users of the run */
  notice(message: string): void {
    this.tell({ event: "notice", message });
  }

  private tell(event: AnswerFields): void {
    for (const [client, run] of this.clients) client.tell({ ...event, run });
  }

  private filter(writer: string | undefined): (one: ShippedWriter) => boolean {
    if (writer === undefined) return () => true;
    return ({ shipper }) => shipper.writer === writer;
  }

  private isOurs(header: SegmentHeader): boolean {
    if (this.isWatch(header)) return true;
    return this.isOnHost(header) && header.isSelfShipped !== true;
  }

  /** Journals of other hosts, on a shared disk, are in the hands of their agents, unless they are our clients. */
  private isOnHost({ host }: SegmentHeader): boolean {
    return this.place.isMirror || this.hosts.has(host);
  }

  private isWatch({ writer }: SegmentHeader): boolean {
    return this.watch.isOwn(writer);
  }

  private mayWrite({ host, pid }: SegmentHeader): boolean {
    if (this.place.isMirror) return this.clients.size > 0;
    if (host !== hostname()) return true;
    // Those of ours that are open are not asked about.
    return pid !== process.pid && isProcessAlive(pid);
  }
}
