import type { Labels } from "ava-protocol";

/** Points in columns, in order of arrival. Time is nanoseconds after `timeBaseHi * 2^32`; an absent epoch is NaN. */
export interface RawRows {
  count: number;
  timeBaseHi: number;
  step: Float64Array;
  time: Float64Array;
  epoch: Float64Array;
  value: Float64Array;
}

/** Up to 4096 points of one series, in order of arrival. The rows hold only until the next block is asked for. */
export interface PointBlock {
  instance: string;
  name: string;
  labels: Labels;
  rows: RawRows;
}
