import type { RawRows } from "../contract/points.js";
import { CHUNK_POINTS } from "../levels/chunk.js";

const FIRST_CAPACITY = 64;

/** Rows to make room for in a series that has filled a chunk before. */
export const NEXT_CAPACITY = 1024;

/** Rows to make room for behind a point whose time is too far from those before. */
export const JUMP_CAPACITY = 4;

/** The newest points of a series, not yet a whole chunk. Grows by four from 64 to 4096 rows, so that 100 000 short series stay small. */
export class Tail implements RawRows {
  count = 0;
  readonly timeBaseHi: number;
  step: Float64Array;
  time: Float64Array;
  epoch: Float64Array;
  value: Float64Array;

  /**
   * @param timeBaseHi - upper half of the first point's time
   * @param capacity - rows to make room for
   */
  constructor(timeBaseHi: number, capacity: number = FIRST_CAPACITY) {
    this.timeBaseHi = timeBaseHi;
    this.step = new Float64Array(capacity);
    this.time = new Float64Array(capacity);
    this.epoch = new Float64Array(capacity);
    this.value = new Float64Array(capacity);
  }

  get isFull(): boolean {
    return this.count === CHUNK_POINTS;
  }

  /**
   * Appends one row; the tail must not be full.
   *
   * @param timeOffsetNs - nanoseconds after `timeBaseHi * 2^32`
   */
  append(step: number, epoch: number, timeOffsetNs: number, value: number): void {
    const row = this.count;
    if (row === this.step.length) this.grow();
    this.step[row] = step;
    this.time[row] = timeOffsetNs;
    this.epoch[row] = epoch;
    this.value[row] = value;
    this.count = row + 1;
  }

  private grow(): void {
    const capacity = Math.min(CHUNK_POINTS, this.step.length * 4);
    const larger = (column: Float64Array): Float64Array => {
      const grown = new Float64Array(capacity);
      grown.set(column);
      return grown;
    };
    this.step = larger(this.step);
    this.time = larger(this.time);
    this.epoch = larger(this.epoch);
    this.value = larger(this.value);
  }
}
