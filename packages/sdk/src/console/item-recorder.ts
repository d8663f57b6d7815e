import type { Recorder } from "../record/recorder.js";
import type { Metric, ParsedItem, RunEvent } from "./parsers/parser.js";
import { StepCounter } from "./step-counter.js";

/** Takes what parsers find; a `Recorder` is one. */
export type ItemSink = Pick<Recorder, "points" | "event">;

/** Told what a run says of itself; must not throw. */
export interface ItemListener {
  onEvent(event: RunEvent): void;
  /** @param step - counter over the whole run that stands beside a metric */
  onStep(step: number): void;
}

/** Records what a parser reads, the same for a wrapped command and for a line callback. */
export class ItemRecorder {
  /** Message of the last FATAL line. */
  fatal: string | undefined;
  private readonly sink: ItemSink;
  private readonly counter: StepCounter;
  private readonly listener: ItemListener | undefined;

  /**
   * @param sink - journal of the run
   * @param listener - told of it, too
   * @param batchOfEpoch - batches per epoch, where the user gave it
   */
  constructor(sink: ItemSink, listener?: ItemListener, batchOfEpoch?: number) {
    this.sink = sink;
    this.listener = listener;
    this.counter = new StepCounter(batchOfEpoch);
  }

  /** @param items - what lines told, in their order */
  record(items: readonly ParsedItem[]): void {
    for (const item of items) {
      if ("event" in item) {
        this.recordEvent(item);
        this.listener?.onEvent(item);
      } else this.recordMetric(item);
    }
  }

  private recordEvent({ event, step, file, message, timeMs }: RunEvent): void {
    if (event === "fatal" && message !== undefined) this.fatal = message;
    this.sink.event({
      event,
      ...(timeMs === undefined ? {} : { timeNs: String(BigInt(Math.round(timeMs * 1000)) * 1000n) }),
      ...(step === undefined ? {} : { step }),
      ...(file === undefined ? {} : { file }),
      ...(message === undefined ? {} : { message }),
    });
  }

  private recordMetric(metric: Metric): void {
    const { name, value, labels, timeMs } = metric;
    const epoch = this.counter.epochOf(metric);
    const step = this.counter.stepOf(metric, epoch);
    const at = {
      step,
      ...(epoch === undefined ? {} : { epoch }),
      ...(timeMs === undefined ? {} : { timeMs }),
    };
    this.sink.points({ [name]: value }, at, labels);
    if (metric.step !== undefined || metric.batch !== undefined) this.listener?.onStep(step);
  }
}
