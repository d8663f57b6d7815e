import type { Metric, Place, Series, ValueSink } from "../parser.js";

/** Makes objects of values: what a parser gives for a line that it read from text. */
export class Collector implements ValueSink {
  #metrics: Metric[] = [];

  /** As of {@link ValueSink.add}. */
  add({ name, phase, labels }: Series, value: number, { step, epoch, batch, total, timeMs, line }: Place): void {
    const metric: Metric = { name, value, line };
    if (!Number.isNaN(step)) metric.step = step;
    if (!Number.isNaN(epoch)) metric.epoch = epoch;
    if (!Number.isNaN(batch)) metric.batch = batch;
    if (!Number.isNaN(total)) metric.total = total;
    if (!Number.isNaN(timeMs)) metric.timeMs = timeMs;
    if (phase !== undefined) metric.phase = phase;
    if (labels !== undefined) metric.labels = labels;
    this.#metrics.push(metric);
  }

  /** @returns what was added since the last call */
  take(): Metric[] {
    const metrics = this.#metrics;
    this.#metrics = [];
    return metrics;
  }
}
