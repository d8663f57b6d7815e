import { Buffer } from "node:buffer";
import { join } from "node:path";
import { startRecording } from "../agent/start-recording.js";
import { readRank } from "../machine/rank.js";
import type { Notices } from "../place/notices/notices.js";
import type { Settings } from "../place/settings/settings.js";
import type { Recording } from "../record/recording.js";
import { hasZstd } from "../snapshot/compress/has-zstd.js";
import type { Snapshot } from "../snapshot/snapshot.js";
import type { RegisteredModel, SnapshotQueue } from "../snapshot/snapshot-queue.js";
import type { PutResult } from "../storage/transfer/stored-object.js";
import {
  type CallbackTarget,
  type EpochEndCallbacks,
  epochEndCallback,
  type Framework,
  type MonitorCallbacks,
  monitorCallback,
} from "./callbacks.js";
import { InstancePlace } from "./instance-place.js";
import { toMetrics, toPlace } from "./log-arguments.js";
import { type OpenedPlace, openPlace } from "./open-place.js";
import { StepCounter } from "./step-counter.js";
import { textOf } from "./text-of.js";
import type { LogOptions, TrainInstanceOptions } from "./train-options.js";

export type { LogOptions, TrainInstanceOptions } from "./train-options.js";

/** Longest wait of `done` for the platform; what is unsent then stays in the journal. */
const DONE_TIMEOUT_MS = 10_000;

/**
 * One run of a training: its folders, params, metrics, log and state.
 *
 * @example
 * ```ts
 * import { TrainInstance } from "ava-sdk";
 * await using ins = await TrainInstance.create({ training: "digits", params: { lr: 0.01 } });
 * for (let step = 0; step < 100; step++) ins.log({ loss: 1 / (step + 1) }, { step });
 * ```
 */
export class TrainInstance extends InstancePlace implements AsyncDisposable {
  /** Aborted when the platform asks the run to stop; its reason is the one that was given. */
  readonly stopSignal: AbortSignal;
  protected override readonly recording: Recording;
  private readonly snapshots: SnapshotQueue;
  private readonly notices: Notices;
  private readonly warn = (message: string, topic?: string): void => this.notices.warn(message, topic);
  protected override readonly workspace: string;
  private readonly settings: Settings;
  private readonly onExit: (code: number) => void;
  private readonly onUncaught: (error: unknown) => void;
  private readonly steps: StepCounter;
  private readonly rules: readonly string[];
  private uncaught: string | undefined;

  private constructor(place: OpenedPlace) {
    super();
    const stop = new AbortController();
    this.stopSignal = stop.signal;
    const { recorded, logs, params, rules, ...where } = place;
    this.rules = rules;
    this.notices = where.notices;
    this.workspace = where.workspace;
    this.settings = where.settings;
    const canZstd = hasZstd();
    if (recorded.archiveFormat === "tar.zst" && !canZstd) this.warn("this Node.js has no zstd (22.15 has): snapshots are packed as tar.gz");
    const { recording, snapshots } = startRecording({
      ...recorded,
      ...where,
      ...(params === undefined ? {} : { params }),
      archiveFormat: canZstd ? (recorded.archiveFormat ?? "tar.gz") : "tar.gz",
      command: process.argv,
      onStop: (reason) => stop.abort(new Error(reason)),
    });
    this.recording = recording;
    logs.folder = recording.layout.logs;
    this.snapshots = snapshots;
    this.steps = new StepCounter(this.recording.layout.steps, readRank());
    this.onUncaught = (error) => {
      this.uncaught = (error instanceof Error && error.stack) || textOf(error);
    };
    this.onExit = (code) => {
      const message = this.uncaught;
      this.recording.abandon({
        state: code === 0 ? "done" : "failed",
        end: { exitCode: code, stoppedBy: "self", ...(message ? { message } : {}) },
      });
    };
    process.on("exit", this.onExit);
    process.on("uncaughtExceptionMonitor", this.onUncaught);
  }

  /**
   * Starts recording. Waits for the network only where a training or an id is named: two seconds at most, for the rules that the platform has and, where none are given, params.
   *
   * @param options - id, names, places
   * @returns the instance, state `running`
   * @throws AvaError SETTING_INVALID, TRAINING_INVALID, INSTANCE_ID_INVALID for a wrong option
   */
  static async create(options: TrainInstanceOptions = {}): Promise<TrainInstance> {
    return new TrainInstance(await openPlace(options));
  }

  /**
   * Records metrics of one step. They are in the journal when this returns. Never throws: a value that is not a number is passed over with a warning.
   *
   * @param metrics - values by name: `{ loss: 0.3, "val/accuracy": 0.9 }`; NaN and the infinities are kept
   * @param at - step, epoch, time
   */
  log(metrics: Readonly<Record<string, number>>, at: LogOptions = {}): void {
    try {
      const { values, again } = toMetrics(metrics, this.warn);
      const { step, ...place } = toPlace(at, this.warn);
      const taken = { ...place, step: this.steps.take(step) };
      this.recording.keepMetrics(values);
      this.recording.recorder.points(values, taken);
      if (again) this.recording.recorder.points(again, taken);
    } catch (error) {
      // What looks like an object may be anything.
      this.warn(`log() could not record its metrics: ${textOf(error)}`, "log()");
    }
  }

  /**
   * Records text in the log of the run. Never throws.
   *
   * @param text - whole lines, or any piece; what is something else is recorded as its text
   */
  logText(text: string): void {
    this.recording.recorder.log("logger", Buffer.from(textOf(text)));
  }

  /**
   * The callback that a framework calls after a batch; it records the metrics.
   *
   * @param framework - which framework
   * @param options - how often, batch sizes
   * @returns the callback, or `undefined` (and a warning) when the framework is not supported or an option is missing
   */
  getMonitorCallback<Name extends Framework>(
    framework: Name,
    options?: MonitorCallbacks[Name]["options"],
  ): MonitorCallbacks[Name]["callback"];
  getMonitorCallback(framework: string, options?: object): unknown;
  getMonitorCallback(framework: string, options: object = {}): unknown {
    return monitorCallback(this.callbackTarget(), framework, options);
  }

  /**
   * The callback that a framework calls at the end of an epoch, or with each line of its log; it uploads snapshots.
   *
   * @param framework - which framework
   * @param options - length of an epoch, how often, more files
   * @returns the callback, or `undefined` (and a warning) when the framework is not supported or an option is missing
   */
  getEpochEndCallback<Name extends Framework>(
    framework: Name,
    options?: EpochEndCallbacks[Name]["options"],
  ): EpochEndCallbacks[Name]["callback"];
  getEpochEndCallback(framework: string, options?: object): unknown;
  getEpochEndCallback(framework: string, options: object = {}): unknown {
    return epochEndCallback(this.callbackTarget(), framework, options);
  }

  /**
   * Uploads a snapshot and registers it as a model. It is in the queue when this returns; packing and upload happen in another thread.
   *
   * @param snapshot - epochs done, step (default that of the last metrics), files (default: what is new in the snapshot folder)
   * @returns settles when the model is stored, verified and registered
   * @throws AvaError SNAPSHOT_QUEUE_FULL, SNAPSHOT_EMPTY
   */
  uploadSnapshotModel(
    snapshot: { epoch?: number; step?: number; files?: readonly string[]; otherFiles?: readonly string[] } = {},
  ): Promise<RegisteredModel> {
    const { files = [], otherFiles = [] } = snapshot;
    const { epoch, step = Math.max(0, this.steps.last) } = toPlace(snapshot, this.warn);
    const taken = { step, files: [...files], otherFiles: [...otherFiles], ...(epoch === undefined ? {} : { epoch }) };
    return this.recording.holdFor(this.snapshots.add(taken));
  }

  /**
   * Uploads files as a model of the user's own.
   *
   * @param name - name of the model
   * @param files - files and folders to pack
   * @returns as of {@link uploadSnapshotModel}
   * @throws AvaError SNAPSHOT_QUEUE_FULL
   */
  uploadCustomModel(name: string, files: readonly string[]): Promise<RegisteredModel> {
    return this.recording.holdFor(this.snapshots.addCustom(name, files));
  }

  /**
   * Uploads the files in this run's log folder.
   *
   * @returns what was stored, each verified
   * @throws AvaError of the storage
   */
  async uploadLogs(): Promise<PutResult[]> {
    const { uploadLogFiles } = await import("../snapshot/models.js");
    return uploadLogFiles(this.recording.layout.logs, this.getTrainingInsId(), this.settings);
  }

  /**
   * Downloads a registered model and unpacks it.
   *
   * @param name - name of the model
   * @param options - version (default the newest), folder (default one of its name below the folder of models)
   * @returns the folder
   * @throws AvaError PLATFORM_UNREACHABLE, PLATFORM_REFUSED, HASH_MISMATCH, and those of the storage
   */
  async downloadModel(name: string, options: { version?: string; folder?: string } = {}): Promise<string> {
    const { downloadModelFiles } = await import("../snapshot/models.js");
    const folder = options.folder ?? join(this.getModelBasePath(), name.replaceAll(/[^\w.@+-]/g, "_"));
    return downloadModelFiles(name, options.version, folder, this.settings);
  }

  /**
   * Records that the training has stopped, without ending the instance: for signal handlers, which cannot wait. Call {@link done} when there is time.
   *
   * @param errMsg - why; empty: as planned
   */
  reportStop(errMsg = ""): void {
    const message = textOf(errMsg);
    this.recording.recorder.event({ event: "stop", ...(message ? { message } : {}) });
    this.recording.recorder.facts({
      state: message ? "failed" : "done",
      stopTime: new Date().toISOString(),
      end: { stoppedBy: "self", ...(message ? { message } : {}) },
    });
  }

  /**
   * Records the end and ships what is left, for ten seconds at most; what is unsent stays in the journal.
   *
   * @param how - a message that is not empty means that the training failed
   */
  async done(how: { errMsg?: string } = {}): Promise<void> {
    process.off("exit", this.onExit);
    process.off("uncaughtExceptionMonitor", this.onUncaught);
    this.steps.close();
    const message = textOf(how?.errMsg);
    await this.recording.finish(
      {
        state: message ? "failed" : "done",
        end: { stoppedBy: this.stopSignal.aborted ? "platform" : "self", ...(message ? { message } : {}) },
      },
      DONE_TIMEOUT_MS,
    );
  }

  private callbackTarget(): CallbackTarget {
    return {
      metrics: this,
      items: this.recording.recorder,
      rules: this.rules,
      onSnapshot: (snapshot) => this.takeSnapshot(snapshot),
      lastStep: () => Math.max(0, this.steps.last),
      warn: this.warn,
    };
  }

  /** A framework's callback must not end its training because there is nothing to take, or too much waits. */
  private takeSnapshot(snapshot: Snapshot): void {
    try {
      void this.snapshots.add(snapshot);
    } catch (error) {
      const { message } = error as Error;
      this.warn(message);
      const file = (snapshot.files ?? []).join(" ");
      this.recording.recorder.event({
        event: "snapshot",
        step: snapshot.step,
        ...(file ? { file } : {}),
        message: `not stored: ${message}`,
      });
    }
  }

  /** `await using`: ends the instance. A block left by an exception is told apart only by calling {@link done} in its `catch`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.done();
  }
}
