import type { Labels } from "ava-protocol";
import type { SeriesPoint } from "../ports.js";

const FIRST_CAPACITY = 16;

/** Points of one series, the newest of them when they are many. */
export class PointColumn {
  readonly name: string;
  readonly labels: Labels;
  /** Points that were here and are not any more. */
  forgotten = 0;
  length = 0;
  latest: SeriesPoint | undefined;
  private steps = new Float64Array(FIRST_CAPACITY);
  private values = new Float64Array(FIRST_CAPACITY);
  private timesNs = new BigInt64Array(FIRST_CAPACITY);

  /** @param name - of the series @param labels - of it */
  constructor(name: string, labels: Labels) {
    this.name = name;
    this.labels = labels;
  }

  /** @param point - the next one */
  push(point: SeriesPoint): void {
    if (this.length === this.steps.length) this.grow();
    this.steps[this.length] = point.step;
    this.values[this.length] = point.value;
    this.timesNs[this.length] = point.timeNs;
    this.length += 1;
    if (this.latest === undefined || isLater(point, this.latest)) this.latest = point;
  }

  /** Forgets the older half. @returns how many points that were */
  forgetHalf(): number {
    const count = Math.ceil(this.length / 2);
    for (const column of [this.steps, this.values, this.timesNs]) column.copyWithin(0, count, this.length);
    this.length -= count;
    this.forgotten += count;
    return count;
  }

  /** @param from - number of a point, those that are forgotten counted @param limit - most points */
  slice(from: number, limit: number): SeriesPoint[] {
    const first = Math.max(0, from - this.forgotten);
    const last = Math.min(this.length, from - this.forgotten + limit);
    const points: SeriesPoint[] = [];
    for (let at = first; at < last; at++) {
      points.push({ step: this.steps[at] as number, timeNs: this.timesNs[at] as bigint, value: this.values[at] as number });
    }
    return points;
  }

  private grow(): void {
    const capacity = this.steps.length * 2;
    const [steps, values, timesNs] = [new Float64Array(capacity), new Float64Array(capacity), new BigInt64Array(capacity)];
    steps.set(this.steps);
    values.set(this.values);
    timesNs.set(this.timesNs);
    [this.steps, this.values, this.timesNs] = [steps, values, timesNs];
  }
}

/** MLflow's order of points: by step, then time, then value. @returns whether `a` is behind `b` */
export function isLater(a: SeriesPoint, b: SeriesPoint): boolean {
  if (a.step !== b.step) return a.step > b.step;
  if (a.timeNs !== b.timeNs) return a.timeNs > b.timeNs;
  return a.value > b.value || Number.isNaN(b.value);
}
