import type { Labels } from "../series-key.js";
import type { WireNumber } from "./number.js";

/** The axis of a series query. */
export type SeriesAxis = "step" | "time" | "epoch";

/**
 * Columns of one series. `x[i]` and `last[i]` are those of the last point (in order of arrival) of bucket i; `min` and `max` are over its values
 * that are not NaN ("NaN" if there are none); `nan[i]` counts NaN values. Time is in milliseconds since 1970. Empty buckets are left out.
 */
export interface SeriesAnswer {
  name: string;
  labels: Labels;
  axis: SeriesAxis;
  /** True when every row is one raw point. */
  raw: boolean;
  from: WireNumber;
  to: WireNumber;
  /** Width of a bucket on the axis; 0 for raw points. */
  bucketWidth: number;
  x: WireNumber[];
  min: WireNumber[];
  max: WireNumber[];
  last: WireNumber[];
  count: number[];
  nan: number[];
  /** A sentence for each part of the series that is damaged in the platform's store: its points are missing here. Absent when all is there. */
  damage?: string[];
}

/** Answer of `GET /v1/instances/:id/logs`: `text` is bytes `offset` to `nextOffset` of a log of `size` bytes, cut at whole characters. */
export interface LogsAnswer {
  offset: number;
  nextOffset: number;
  size: number;
  text: string;
  /** A sentence for each stretch that is damaged in the platform's store: words of the same length stand for it. Absent when all is there. */
  damage?: string[];
}
