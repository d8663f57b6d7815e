import { existsSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { type EndCause, type InstanceFacts, type Labels, parseJsonText, plainJsonValue } from "ava-protocol";
import { maskCommand } from "../facts/mask-secrets.js";
import { JournalWriter } from "../journal/journal-writer.js";
import { Recorder } from "../journal/recorder.js";
import type { Notices } from "../notices/notices.js";
import { type JsonObject, readJsonFile, readJsonText } from "../params/json-file.js";
import { DEFAULT_TRAINING, type Settings } from "../settings/settings.js";
import { ShipperThread, type ShippingEnd } from "../shipper/shipper-thread.js";
import type { ArchiveFormat } from "../snapshot/job.js";
import type { RetentionPolicy } from "../snapshot/retention.js";
import { SnapshotQueue } from "../snapshot/snapshot-queue.js";
import { checkIntervalMs, type WatchOptions } from "../system/watch.js";
import { configPath, datasetPath, defaultParamsPath, modelPath, type RunLayout, runLayout } from "../workspace/layout.js";
import { makePrivateFolder } from "../workspace/make-folder.js";
import { newInstanceId } from "./instance-id.js";
import { readRank } from "./rank.js";

/** What is recorded, and where. */
export interface RecordingOptions extends WatchOptions {
  /** Prepared workspace. */
  workspace: string;
  settings: Settings;
  /** Text of this instance's params, a JSON object; default those of the workspace. */
  paramsText?: string;
  /** Command line of the run. */
  command: string[];
  /** The command is a child that this process runs; otherwise the training is this process. */
  isChild?: boolean;
  batchOfEpoch?: number;
  notices: Notices;
  /** Told when somebody asked the run to stop. */
  onStop?: (reason: string) => void;
  /** Which stored snapshots are kept. Default all. */
  retention?: RetentionPolicy;
  /** How snapshots are packed. Default `tar.gz`. */
  archiveFormat?: ArchiveFormat;
}

/** How an instance ended. */
export interface RecordingEnd {
  state: "done" | "failed";
  end: EndCause;
}

/** Longest wait of an ending run for its last snapshots, which may be gigabytes. What is not stored then waits for a sync. */
const LAST_SNAPSHOT_MS = 600_000;

/** A wait for snapshots that lasts longer than this is told. */
const TELL_WAIT_MS = 5_000;
const MOST_REASON_CHARS = 500;

/** The SDK's work for one instance in this process: journal and shipper, from the first fact to the last. */
export class Recording {
  readonly instanceId: string;
  readonly layout: RunLayout;
  readonly recorder: Recorder;
  private readonly journal: JournalWriter;
  private readonly shipper: ShipperThread;
  private readonly notices: Notices;
  private readonly rank: string | undefined;
  private readonly training: string;
  /** Snapshots on their way to storage and platform. */
  readonly snapshots: SnapshotQueue;
  /** Last value of each metric, where the choice of the best snapshots needs it. */
  private readonly lastMetrics: Record<string, number> = {};
  private readonly shouldKeepMetrics: boolean;
  private finishing: Promise<ShippingEnd> | undefined;

  /**
   * Makes the folders, starts the journal with the facts of the run, and the shipper. Waits for no network.
   *
   * @param options - what is recorded
   */
  constructor(options: RecordingOptions) {
    const { workspace, settings, notices } = options;
    const intervalMs = checkIntervalMs(options);
    this.notices = notices;
    this.shouldKeepMetrics = options.retention?.keepBest !== undefined;
    this.instanceId = settings.trainingInsId ?? newInstanceId();
    this.layout = runLayout(workspace, this.instanceId);
    makeFolders(workspace, this.layout, notices);
    if (options.paramsText !== undefined) writeParams(this.layout.params, options.paramsText, notices);
    const paramsText =
      options.paramsText ?? readParams(existsSync(this.layout.params) ? this.layout.params : defaultParamsPath(workspace), notices);
    const params = plainJsonValue(paramsText, parseJsonText(paramsText)) as JsonObject;
    this.rank = readRank();
    this.training = settings.training;

    const { instanceId: instance, layout } = this;
    this.journal = new JournalWriter({
      folder: layout.journal,
      instance,
      training: settings.training,
      isSelfShipped: true,
      ...labels(this.rank),
    });
    this.recorder = new Recorder(this.journal, { warn: (message) => notices.warn(message) });
    this.recorder.facts(startFacts(options, Object.keys(params).length === 0 ? undefined : paramsText));
    if (this.journal.failure) notices.announce(`${this.journal.failure} (${layout.journal}); this run is not recorded until that is over.`);
    this.shipper = new ShipperThread(
      {
        folder: layout.journal,
        writer: this.journal.writer,
        instance,
        platformUrl: settings.platformUrl,
        ...(settings.token ? { token: settings.token } : {}),
        snapshots: {
          folder: layout.snapshots,
          temporaryFolder: layout.tmp,
          storage: settings.storage,
          platformUrl: settings.platformUrl,
          ...(settings.token ? { token: settings.token } : {}),
          ...(options.retention ? { retention: options.retention } : {}),
        },
        watch: {
          training: settings.training,
          startMs: Date.now(),
          workspace,
          workingFolder: process.cwd(),
          intervalMs,
          hasPackages: options.packages ?? false,
          ...labels(this.rank),
          ...(options.isChild && options.command[0] !== undefined ? { program: options.command[0] } : {}),
        },
      },
      {
        onTrouble: (reason) => {
          const message = `platform ${settings.platformUrl} does not take records (${reason}); they stay in the journal and are sent when it does.`;
          // A reason that names a variable (a token that is missing, another address) does not pass by itself.
          if (/\bAVA_[A-Z_]+/.test(reason)) notices.announce(message);
          else notices.tell(message);
        },
        onRecovered: () => notices.tell(`platform ${settings.platformUrl} takes records again.`),
        onStop: (reason) => options.onStop?.(reason),
        onNotice: (message) => notices.tell(message),
        onWarning: (message) => notices.warn(message),
        onRegistered: ({ id, model, url }) => {
          notices.tell(`model ${model} is stored: ${url}`);
          this.snapshots.registered(id, { model, url });
        },
        onGivenUp: ({ id, message }) => {
          notices.warn(message);
          this.recorder.event({ event: "snapshot", message });
          this.snapshots.givenUp(id, message);
        },
      },
    );
    const startTime = new Date().toISOString();
    this.snapshots = new SnapshotQueue({
      instanceId: instance,
      folder: layout.snapshots,
      output: layout.output,
      format: options.archiveFormat ?? "tar.gz",
      params,
      trainingRef: () => ({
        ...readJsonFile(configPath(workspace, "trainingspec")),
        training: settings.training,
        instanceID: instance,
        status: "running",
        startTime,
        params,
        paramsText,
        metrics: { ...this.lastMetrics },
      }),
      onAdded: () => this.shipper.snapshotWaits(),
    });
  }

  /**
   * Records the end, closes the journal and ships what is left, for a bounded time. Calling it again gives the first call's answer.
   *
   * @param how - state and end cause
   * @param timeoutMs - longest wait for the platform
   * @returns what became of the rest; never rejects
   */
  finish(how: RecordingEnd, timeoutMs: number): Promise<ShippingEnd> {
    this.finishing ??= this.ship(how, timeoutMs);
    return this.finishing;
  }

  /** A program waits for its snapshot: the process lives on for it, for ten minutes at most. @param registered - of the queue */
  holdFor<Model>(registered: Promise<Model>): Promise<Model> {
    this.shipper.holdProcess(registered, LAST_SNAPSHOT_MS);
    return registered;
  }

  /** Remembers values for the choice of the best snapshots. @param metrics - as logged */
  keepMetrics(metrics: Readonly<Record<string, number>>): void {
    if (this.shouldKeepMetrics) Object.assign(this.lastMetrics, metrics);
  }

  /** Records the end when the process exits without {@link finish}; what is unsent stays in the journal. @param how - state and end cause */
  abandon(how: RecordingEnd): void {
    if (!this.finishing) this.recordEnd(how);
  }

  private async ship(how: RecordingEnd, timeoutMs: number): Promise<ShippingEnd> {
    this.recordEnd(how);
    const records = this.recorder.lastWords;
    const { writer, lastSeq: afterSeq } = this.journal;
    const lastWords = { writer, afterSeq, training: this.training, ...labels(this.rank), records };
    const snapshotTimeoutMs = this.snapshots.isUsed ? LAST_SNAPSHOT_MS : timeoutMs;
    const held = setTimeout(() => this.tellOfWait(), TELL_WAIT_MS);
    const shipped = await this.shipper.drain(timeoutMs, snapshotTimeoutMs, lastWords);
    clearTimeout(held);
    this.snapshots.close();
    const { points, logBytes, events, reason } = this.recorder.drops;
    if (points + logBytes + events > 0) {
      this.notices.warn(`dropped ${points} points, ${logBytes} bytes of log, ${events} events: ${reason}`);
    }
    if (shipped.refusedRecords > 0) this.notices.warn(`the platform refused ${shipped.refusedRecords} records`);
    const { waiting, unregistered, givenUp, reason: failure } = shipped.snapshots;
    const goOn = `Go on with: ava-sdk sync ${this.layout.base}`;
    const why = failure === undefined ? "" : ` (${failure.replaceAll(/\s+/g, " ").slice(0, MOST_REASON_CHARS)})`;
    if (waiting > 0) this.notices.announce(`${waiting} snapshots are not stored${why}; nothing of them is deleted. ${goOn}`);
    if (unregistered > 0) this.notices.tell(`${unregistered} snapshots are stored, and not registered yet. ${goOn}`);
    if (givenUp > 0) this.notices.tell(`${givenUp} snapshots were given up; the reasons are in ${this.layout.snapshots}`);
    if (!shipped.isComplete) {
      this.notices.tell(
        `not everything reached the platform (${shipped.reason}); it is kept in ${this.layout.journal}. Send it with: ava-sdk sync ${this.layout.base}`,
      );
    }
    return shipped;
  }

  private tellOfWait(): void {
    if (!this.snapshots.isWaiting) return;
    this.notices.announce(`the end waits for snapshots on their way to the storage, for ${LAST_SNAPSHOT_MS / 60_000} minutes at most`);
  }

  private recordEnd({ state, end }: RecordingEnd): void {
    // One of many that fails says which.
    const message = this.rank !== undefined && this.rank !== "0" && end.message ? `rank ${this.rank}: ${end.message}` : end.message;
    this.recorder.facts({ state, stopTime: new Date().toISOString(), end: { ...end, ...(message ? { message } : {}) } });
    this.recorder.close();
  }
}

function makeFolders(workspace: string, layout: RunLayout, notices: Notices): void {
  const datasets = (["train", "val", "test"] as const).map((name) => datasetPath(workspace, name));
  for (const folder of [layout.output, layout.logs, modelPath(workspace), join(workspace, "params"), ...datasets]) {
    try {
      makePrivateFolder(folder);
    } catch (error) {
      notices.tell(`folder ${folder} cannot be made: ${(error as NodeJS.ErrnoException).code}`);
    }
  }
}

function labels(rank: string | undefined): { labels?: Labels } {
  return rank === undefined ? {} : { labels: { rank } };
}

function readParams(file: string, notices: Notices): string {
  return readJsonText(file, (reason) => notices.warn(`params are taken as empty: ${file}: ${reason}`)).text;
}

function writeParams(file: string, text: string, notices: Notices): void {
  try {
    writeFileSync(file, text, { mode: 0o600 });
  } catch (error) {
    notices.warn(`params cannot be written to ${file}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

function startFacts({ settings, command, batchOfEpoch }: RecordingOptions, paramsText: string | undefined): InstanceFacts {
  return {
    // Who joins an instance without naming its training or bringing params leaves those that it has.
    ...(settings.training === DEFAULT_TRAINING ? {} : { training: settings.training }),
    state: "running",
    ...(paramsText === undefined ? {} : { paramsText }),
    startTime: new Date().toISOString(),
    command: maskCommand(command),
    workingFolder: process.cwd(),
    host: hostname(),
    pid: process.pid,
    ...(batchOfEpoch ? { batchOfEpoch } : {}),
  };
}
