import type { Recorder } from "../journal/recorder.js";
import type { Metric, ParsedItem, RunEvent } from "../parsers/parser.js";

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
  private readonly counts = new Map<string, number>();

  private readonly listener: ItemListener | undefined;

  /**
   * @param sink - journal of the run
   * @param listener - told of it, too
   */
  constructor(sink: ItemSink, listener?: ItemListener) {
    this.sink = sink;
    this.listener = listener;
  }

  /** @param items - what lines told, in their order */
  record(items: readonly ParsedItem[]): void {
    for (const item of items) {
      if ("event" in item) {
        this.recordEvent(item);
        this.listener?.onEvent(item);
      } else {
        this.recordMetric(item);
        if (item.step !== undefined) this.listener?.onStep(item.step);
      }
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

  private recordMetric({ name, value, step, batch, epoch, labels, timeMs }: Metric): void {
    const at = {
      step: step ?? batch ?? this.countOf(name),
      ...(epoch === undefined ? {} : { epoch }),
      ...(timeMs === undefined ? {} : { timeMs }),
    };
    this.sink.points({ [name]: value }, at, labels);
  }

  /** Steps of a metric whose lines carry no counter: 0, 1, 2, ... */
  private countOf(name: string): number {
    const count = this.counts.get(name) ?? 0;
    this.counts.set(name, count + 1);
    return count;
  }
}
