import type { Metric } from "../parser.js";

/** Frames of a rewritten line repeat what has not changed: each value is told once for one place of the run. */
export class ToldOfLine {
  #line = 0;
  readonly #told = new Map<string, Metric>();

  /**
   * @param metric - read from a frame
   * @returns false where the frames before told the same value at the same counters
   */
  isNew(metric: Metric): boolean {
    if (metric.line !== this.#line) {
      this.#line = metric.line;
      this.#told.clear();
    }
    const before = this.#told.get(metric.name);
    this.#told.set(metric.name, metric);
    return (
      before === undefined ||
      !Object.is(before.value, metric.value) ||
      before.batch !== metric.batch ||
      before.step !== metric.step ||
      before.epoch !== metric.epoch
    );
  }
}
