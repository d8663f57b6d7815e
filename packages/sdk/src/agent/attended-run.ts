import type { SegmentHeader } from "ava-protocol";
import type { LinesHeader } from "../console/lines/lines-header.js";
import { fateOf, ownProcess } from "../machine/is-alive.js";
import type { Settings } from "../place/settings/settings.js";
import { type RunLayout, runLayout } from "../place/workspace/layout.js";
import type { LastWords } from "../record/background.js";
import { sendLastWords } from "../ship/last-words.js";
import { RunWriters } from "../ship/run-writers.js";
import { ShipLoop } from "../ship/ship-loop.js";
import type { WriterFilter } from "../ship/shipped-writer.js";
import { createTransport, type Transport } from "../ship/transport.js";
import { lineageOf } from "../snapshot/lineage.js";
import { Audience, type RunClient } from "./audience.js";
import { RunLines } from "./run-lines.js";
import { RunWatch, type WatchedProcess } from "./run-watch.js";
import { SnapshotWorker } from "./snapshot-worker.js";

/** A run that is to be attended. */
export interface RunPlace {
  workspace: string;
  instance: string;
  settings: Settings;
  /** The folder is our own, for clients whose folder we do not see. */
  isMirror: boolean;
}

/** How the wait of a client ended. */
export interface FinishAnswer {
  isComplete: boolean;
  reason?: string;
  /** Not stored, or not registered yet. */
  waitingSnapshots: number;
  givenUpSnapshots: number;
  refusedRecords: number;
}

type Header = Pick<SegmentHeader | LinesHeader, "writer" | "pid" | "host" | "process"> & Pick<SegmentHeader, "isSelfShipped">;

/** The agent's work for one run: shipping its journals and lines, storing its snapshots, watching its machine. */
export class AttendedRun {
  readonly place: RunPlace;
  readonly layout: RunLayout;
  readonly audience: Audience = new Audience();
  readonly snapshots: SnapshotWorker;
  private readonly writers: RunWriters;
  private readonly lines: RunLines;
  private readonly watch: RunWatch;
  private readonly transport: Transport;
  private readonly loop: ShipLoop;
  private readonly running: Promise<void>;
  /** The client that sends the files of a writer that we do not see. */
  private readonly senders = new Map<string, Set<RunClient>>();
  private readonly host = ownProcess().host;
  /** Calls of {@link finish} that say that the whole run ends. */
  private endings = 0;

  /** Starts to ship. @param place - the run, and where its records go */
  constructor(place: RunPlace) {
    this.place = place;
    const { workspace, instance, settings } = place;
    this.layout = runLayout(workspace, instance);
    const { audience, layout } = this;
    const tell = (message: string) => audience.onNotice(message);
    this.watch = new RunWatch({ folder: layout.journal, instance, training: settings.training, workspace, tell });
    this.snapshots = this.workOnSnapshots();
    const whose = {
      isOurs: (header: Header) => this.isOurs(header),
      isAlive: (header: Header, file: string) => this.mayWrite(header, file),
    };
    this.writers = new RunWriters({ folder: layout.journal, instance, isOwn: (writer) => this.watch.isOwn(writer), ...whose });
    this.lines = new RunLines({
      folder: layout.lines,
      jobs: this.snapshots.jobs,
      factsOfRun: ({ training, referenceTimeMs }) => lineageOf(workspace, { instance, training, startMs: referenceTimeMs }),
      tell,
      ...whose,
    });
    this.transport = createTransport(settings.platformUrl, settings.token);
    this.loop = new ShipLoop({
      writers: () => [...this.writers.refresh(), ...this.lines.refresh()],
      transport: this.transport,
      isSpeaking: () => this.isNeeded,
      events: audience,
    });
    this.running = this.loop.run();
  }

  /** Whether a client attends the run, or a process lives that leaves its records to us. */
  get isNeeded(): boolean {
    if (this.audience.size > 0) return true;
    const living: Header[] = [...this.writers.living, ...this.lines.living];
    // Of processes of other hosts and containers it is only known whether they are connected.
    return living.some((header) => fateOf(header) === "alive" && this.isOurs(header) && !this.watch.isOwn(header.writer));
  }

  /**
   * @param client - who attends the run from now on
   * @param name - the run's folder as it calls it
   * @param watched - process whose machine use is recorded, if it is one of this host
   */
  attach(client: RunClient, name: string, watched: WatchedProcess | undefined): void {
    this.audience.add(client, name);
    if (watched) this.watch.start(watched);
  }

  /** @param writer - whose file a client sends @param client - it; while it attends the run, more may come */
  isSent(writer: string, client: RunClient): void {
    const senders = this.senders.get(writer);
    if (senders) senders.add(client);
    else this.senders.set(writer, new Set([client]));
  }

  /**
   * Waits until what was recorded is confirmed, and snapshots are stored.
   *
   * @param timeoutMs - longest wait for records
   * @param snapshotTimeoutMs - longest wait for snapshots
   * @param writer - only the records of the process that has this journal. Default: all, and the run ends: files of snapshots that are missing then
   * will not come
   * @param lastWords - what a full disk kept out of a journal
   * @returns what became of them
   */
  async finish(timeoutMs: number, snapshotTimeoutMs: number, writer?: string, lastWords?: LastWords): Promise<FinishAnswer> {
    const deadlineMs = Date.now() + timeoutMs;
    if (writer !== undefined)
      return this.tell(lastWords, await this.settle(timeoutMs, snapshotTimeoutMs, this.ofProcess(writer)), deadlineMs);
    this.endings += 1;
    try {
      return await this.tell(lastWords, await this.settle(timeoutMs, snapshotTimeoutMs), deadlineMs);
    } finally {
      this.endings -= 1;
    }
  }

  /** What a full disk kept out of the journal, behind all that is in it. */
  private async tell(words: LastWords | undefined, answer: FinishAnswer, deadlineMs: number): Promise<FinishAnswer> {
    if (!words || !answer.isComplete) return answer;
    const reason = await sendLastWords(this.transport, this.place.instance, words, deadlineMs - Date.now());
    return reason === undefined ? answer : { ...answer, isComplete: false, reason };
  }

  /** Looks after what time brings, also while the platform keeps the loop waiting. */
  async tick(): Promise<void> {
    this.writers.refresh();
    this.lines.refresh();
    this.lines.lookForSnapshots();
    this.snapshots.look();
    await this.watch.closeEnded();
  }

  /**
   * Brings what is left on its way, before the work ends.
   *
   * @param timeoutMs - when to give up
   */
  async drain(timeoutMs: number): Promise<void> {
    await this.watch.close();
    this.writers.look();
    this.lines.look();
    await this.settle(timeoutMs, timeoutMs);
  }

  /** Ends the work; what is not done stays in the files. */
  async close(): Promise<void> {
    await this.watch.close();
    this.loop.stop();
    this.transport.close();
    await Promise.all([this.running, this.snapshots.close()]);
    this.writers.close();
    this.lines.close();
  }

  private workOnSnapshots(): SnapshotWorker {
    const { platformUrl, token, storage } = this.place.settings;
    const { snapshots: folder, tmp: temporaryFolder } = this.layout;
    const start = { folder, temporaryFolder, storage, platformUrl, ...(token ? { token } : {}) };
    return new SnapshotWorker(start, this.audience, () => this.endings > 0 || !this.isNeeded);
  }

  private async readAllSnapshotLines(deadlineMs: number): Promise<void> {
    while (!this.lines.lookForSnapshots() && Date.now() < deadlineMs) {
      // Others get their turn.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  private async settle(timeoutMs: number, snapshotTimeoutMs: number, isMeant?: WriterFilter): Promise<FinishAnswer> {
    const snapshotDeadlineMs = Date.now() + snapshotTimeoutMs;
    // Lines may have come since the last look: of a run that ends soon after its start, all of them.
    this.lines.refresh();
    await this.readAllSnapshotLines(snapshotDeadlineMs);
    const [settled, { waiting, unregistered, givenUp }] = await Promise.all([
      this.loop.settle(Date.now() + timeoutMs, isMeant),
      this.snapshots.settle(snapshotDeadlineMs),
    ]);
    const refusedRecords = this.writers.refusedRecords + this.lines.refusedRecords;
    return { ...settled, waitingSnapshots: waiting + unregistered, givenUpSnapshots: givenUp, refusedRecords };
  }

  /** The journal, and the lines of the same process. */
  private ofProcess(writer: string): WriterFilter {
    const header = this.writers.headerOf(writer);
    const isOfProcess = (of: Header | undefined) => of !== undefined && of.pid === header?.pid && of.host === header.host;
    return ({ shipper }) => shipper.writer === writer || isOfProcess(this.lines.headerOf(shipper.writer));
  }

  private isOurs(header: Header): boolean {
    if (this.watch.isOwn(header.writer)) return true;
    return this.isOnHost(header) && header.isSelfShipped !== true;
  }

  /** Journals of other hosts, on a shared disk, are in the hands of their agents, unless they are our clients. */
  private isOnHost({ host }: Header): boolean {
    return this.place.isMirror || host === this.host || this.audience.hosts.has(host);
  }

  private mayWrite(header: Header, file: string): boolean {
    // A pid of another machine says nothing. What a client that is gone had not sent yet comes when it is back, with all the rest if need be.
    const senders = this.senders.get(header.writer);
    if (senders) return [...senders].some((client) => this.audience.has(client));
    const fate = fateOf(header, file);
    if (fate === "unknown") return !this.place.isMirror || this.audience.size > 0;
    // Those of ours that are open are not asked about.
    return fate === "alive" && header.pid !== process.pid;
  }
}
