import { Buffer } from "node:buffer";
import { join } from "node:path";
import { createNotices, emitLibraryWarning, type Notices } from "../notices/notices.js";
import type { JsonObject } from "../params/json-file.js";
import { resolveSettings } from "../settings/settings.js";
import type { WatchOptions } from "../system/watch.js";
import { findWorkspace, prepareWorkspace } from "../workspace/find-workspace.js";
import { datasetPath, modelPath } from "../workspace/layout.js";
import { type Framework, type MonitorCallback, type MonitorOptions, monitorCallback } from "./callbacks.js";
import { Recording } from "./recording.js";
import { toMetrics } from "./to-metrics.js";

/** Options of {@link TrainInstance.create}; what is absent comes from the environment, `config/*` or the defaults. */
export interface TrainInstanceOptions extends WatchOptions {
  /** Join this instance, or give a new one this id. */
  trainingInsId?: string;
  training?: string;
  /** Params of this instance; default those of the workspace. */
  params?: JsonObject;
  workspace?: string;
  platformUrl?: string;
  token?: string;
}

/** Where in the run metrics were measured. */
export interface LogOptions {
  /** Batch counted over the whole run. Default: one more than that of the last call, from 0. */
  step?: number;
  /** Epoch, counted from 0; fractions are fine. */
  epoch?: number;
  /** When; milliseconds since 1970 or a Date. Default now. */
  time?: number | Date;
}

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
export class TrainInstance implements AsyncDisposable {
  /** Aborted when somebody asks the run to stop; its reason is what they said. */
  readonly stopSignal: AbortSignal;
  private readonly recording: Recording;
  private readonly notices: Notices;
  private readonly warn = (message: string): void => this.notices.warn(message);
  private readonly workspace: string;
  private readonly onExit: (code: number) => void;
  private readonly onUncaught: (error: unknown) => void;
  private lastStep = -1;
  private uncaught: string | undefined;

  private constructor(options: TrainInstanceOptions) {
    const stop = new AbortController();
    this.stopSignal = stop.signal;
    this.notices = createNotices({
      file: () => this.recording && join(this.recording.layout.logs, "ava-sdk.log"),
      showWarning: emitLibraryWarning,
      ...(process.stderr.isTTY ? { showNote: (message: string) => void process.stderr.write(`ava-sdk: ${message}\n`) } : {}),
    });
    this.workspace = prepareWorkspace(findWorkspace(options.workspace), this.warn);
    const { trainingInsId, training, platformUrl, token } = options;
    const settings = resolveSettings({ trainingInsId, training, platformUrl, token }, this.workspace, this.warn);
    this.recording = new Recording({
      ...options,
      workspace: this.workspace,
      settings,
      command: process.argv,
      notices: this.notices,
      onStop: (reason) => stop.abort(new Error(reason)),
    });
    this.onUncaught = (error) => {
      this.uncaught = error instanceof Error ? (error.stack ?? error.message) : String(error);
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
   * Starts recording. Never waits for the network: the id is made here, or given.
   *
   * @param options - id, names, places
   * @returns the instance, state `running`
   * @throws AvaError SETTING_INVALID, TRAINING_INVALID, INSTANCE_ID_INVALID for a wrong option
   */
  static create(options: TrainInstanceOptions = {}): Promise<TrainInstance> {
    return Promise.resolve().then(() => new TrainInstance(options));
  }

  /** @returns id of the instance */
  getTrainingInsId(): string {
    return this.recording.instanceId;
  }

  /** @returns the workspace, working folder of all instances */
  getBasePath(): string {
    return this.workspace;
  }

  /** @returns folder for this run's snapshots: `run/<id>/output` */
  getSnapshotBasePath(): string {
    return this.recording.layout.output;
  }

  /** @returns folder for this run's logs: `run/<id>/logs` */
  getLogBasePath(): string {
    return this.recording.layout.logs;
  }

  /** @returns folder of the training data */
  getTrainsetBasePath(): string {
    return datasetPath(this.workspace, "train");
  }

  /** @returns folder of the validation data */
  getValsetBasePath(): string {
    return datasetPath(this.workspace, "val");
  }

  /** @returns folder of the test data */
  getTestsetBasePath(): string {
    return datasetPath(this.workspace, "test");
  }

  /** @returns folder of models */
  getModelBasePath(): string {
    return modelPath(this.workspace);
  }

  /**
   * Records metrics of one step. They are in the journal when this returns. Never throws: what is no number is passed over with a warning.
   *
   * @param metrics - values by name: `{ loss: 0.3, "val/accuracy": 0.9 }`; NaN and the infinities are kept
   * @param at - step, epoch, time
   */
  log(metrics: Readonly<Record<string, number>>, at: LogOptions = {}): void {
    const values = toMetrics(metrics, this.warn);
    const step = typeof at.step === "number" ? at.step : this.lastStep + 1;
    this.lastStep = step;
    const timeMs = at.time instanceof Date ? at.time.getTime() : at.time;
    this.recording.recorder.points(values, {
      step,
      ...(at.epoch === undefined ? {} : { epoch: at.epoch }),
      ...(timeMs === undefined ? {} : { timeMs }),
    });
  }

  /**
   * Records text in the log of the run.
   *
   * @param text - whole lines, or any piece
   */
  logText(text: string): void {
    this.recording.recorder.log("logger", Buffer.from(text));
  }

  /**
   * The callback that a framework calls after a batch; it records the metrics.
   *
   * @param framework - which framework
   * @param options - how often, batch sizes
   * @returns the callback, or `undefined` (and a warning) when the framework is not supported
   */
  getMonitorCallback<Name extends Framework>(framework: Name, options?: MonitorOptions<Name>): MonitorCallback<Name>;
  getMonitorCallback(framework: string, options?: object): unknown;
  getMonitorCallback(framework: string, options: object = {}): unknown {
    return monitorCallback(this, framework, options, this.warn);
  }

  /**
   * Records the end and ships what is left, for ten seconds at most; what is unsent stays in the journal.
   *
   * @param how - a message that is not empty means that the training failed
   */
  async done(how: { errMsg?: string } = {}): Promise<void> {
    process.off("exit", this.onExit);
    process.off("uncaughtExceptionMonitor", this.onUncaught);
    const message = how.errMsg;
    await this.recording.finish(
      {
        state: message ? "failed" : "done",
        end: { stoppedBy: this.stopSignal.aborted ? "platform" : "self", ...(message ? { message } : {}) },
      },
      DONE_TIMEOUT_MS,
    );
  }

  /** `await using`: ends the instance. A block left by an exception is told apart only by calling {@link done} in its `catch`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.done();
  }
}
