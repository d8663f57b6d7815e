import { type Labels, seriesKey } from "ava-protocol";
import type { RecordedAt, Recorder } from "../record/recorder.js";
import type { Columns } from "./parsers/columns.js";
import type { RunEvent, Series } from "./parsers/parser.js";
import { type Counters, StepCounter } from "./step-counter.js";

/** Takes what parsers find; a `Recorder` is one. */
export type ItemSink = Pick<Recorder, "values" | "event">;

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
  /** Of the value that is being counted. */
  private readonly counters: Counters = { name: "", step: undefined, epoch: undefined, batch: undefined, total: undefined };
  private step = 0;
  private epoch: number | undefined;
  private labels: Labels | undefined;
  /** Series with {@link labels}, by those of the parser. */
  private readonly labelled = new WeakMap<Series, Series>();
  private toldStep: number | undefined;

  /**
   * @param sink - journal of the run
   * @param listener - told of it, too
   * @param counter - of the steps, where another stream of the run has one already
   */
  constructor(sink: ItemSink, listener?: ItemListener, counter: StepCounter = new StepCounter()) {
    this.sink = sink;
    this.listener = listener;
    this.counter = counter;
  }

  /** From now on all series carry labels that they have not from their parser. @param labels - the same at each call */
  label(labels: Labels): void {
    this.labels = labels;
  }

  /**
   * Records values and events in their order; values of one step and time, with no event between, make one record.
   *
   * @param columns - what lines told
   */
  record(columns: Columns): void {
    const { events, timesMs, length } = columns;
    const series = this.labels ? columns.series.map((one) => this.withLabels(one)) : columns.series;
    let start = 0;
    let at: RecordedAt = { step: 0 };
    const flush = (end: number) => {
      if (end > start) this.sink.values(series, columns.values, start, end, at);
      start = end;
    };
    for (let row = 0, event = 0; row <= length; row += 1) {
      for (; events[event]?.row === row; event += 1) {
        flush(row);
        this.recordEvent((events[event] as { event: RunEvent }).event);
      }
      if (row === length) break;
      this.count(columns, row);
      const timeMs = told(timesMs, row);
      if (row > start && (this.step !== at.step || this.epoch !== at.epoch || timeMs !== at.timeMs)) flush(row);
      if (row > start) continue;
      at = { step: this.step };
      if (this.epoch !== undefined) at.epoch = this.epoch;
      if (timeMs !== undefined) at.timeMs = timeMs;
    }
    flush(length);
  }

  private withLabels(series: Series): Series {
    const known = this.labelled.get(series) ?? { ...series, labels: { ...this.labels, ...series.labels } };
    this.labelled.set(series, known);
    return known;
  }

  private recordEvent(event: RunEvent): void {
    const { event: kind, step, file, message, timeMs } = event;
    if (kind === "fatal" && message !== undefined) this.fatal = message;
    this.sink.event({
      event: kind,
      ...(timeMs === undefined ? {} : { timeNs: String(BigInt(Math.round(timeMs * 1000)) * 1000n) }),
      ...(step === undefined ? {} : { step }),
      ...(file === undefined ? {} : { file }),
      ...(message === undefined ? {} : { message }),
    });
    this.toldStep = undefined;
    this.listener?.onEvent(event);
  }

  /** Step and epoch of a value, by the counters beside it. */
  private count({ series, steps, epochs, batches, totals }: Columns, row: number): void {
    const { counters } = this;
    const { name, labels } = series[row] as Series;
    counters.step = told(steps, row);
    counters.epoch = told(epochs, row);
    counters.batch = told(batches, row);
    counters.total = told(totals, row);
    // Ranks are not all at the same batch.
    const isAsPrinted = counters.step !== undefined && counters.total === undefined;
    counters.name = labels === undefined || isAsPrinted ? name : seriesKey(name, labels);
    this.epoch = this.counter.epochOf(counters);
    this.step = this.counter.stepOf(counters, this.epoch);
    if (this.step === this.toldStep || (counters.step === undefined && counters.batch === undefined)) return;
    this.toldStep = this.step;
    this.listener?.onStep(this.step);
  }
}

/** @returns the value of a row; `undefined` for what was not printed */
function told(column: Float64Array, row: number): number | undefined {
  const value = column[row] as number;
  return Number.isNaN(value) ? undefined : value;
}
