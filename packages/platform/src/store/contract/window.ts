import type { Labels, SeriesAxis } from "ava-protocol";
import type { PlatformError } from "../../error.js";

/** A question for one series, as a chart asks it. */
export interface WindowQuery {
  instance: string;
  name: string;
  /** All labels (`{}` for the series without labels), or as many as single it out; absent when the name alone should do. */
  labels?: Labels;
  axis: SeriesAxis;
  /** First and last place on the axis; the series' own where absent. */
  from?: number;
  to?: number;
  /** Raw points are answered where they are fewer than this. */
  buckets: number;
  /** Only points of these numbers, in order of arrival from 0: the first of them, and the first one behind them. */
  segment?: readonly [first: number, end: number];
  /** Means are answered, too. */
  hasMeans?: boolean;
  /** So many of the first points that are not finite are answered, too. */
  nonFinite?: number;
  /** Places where the steps go back are answered, too; none where there are more than this: such a series has no order. */
  rewinds?: number;
  /** Version that the asker has: a series that has not grown since is answered without columns. */
  since?: number;
}

/** Columns of one series; see `SeriesAnswer` of the wire. */
export interface SeriesWindow {
  name: string;
  labels: Labels;
  /** Points of the whole series when it was read. */
  version: number;
  axis: SeriesAxis;
  /** Absent where the series has not grown since the version that the asker has. */
  columns?: WindowColumns;
}

/** Points whose value is not finite, in order of arrival. */
export interface NonFinitePoints {
  x: number[];
  value: number[];
}

/** A place where the steps of a series go back. */
export interface Rewind {
  /** Number of the point at which it does, in order of arrival from 0. */
  point: number;
  /** Step of the point before it, and its own. */
  from: number;
  to: number;
}

/** Rows of a window: raw points, or exact buckets. Columns may be one array where they are the same. */
export interface WindowColumns {
  isRaw: boolean;
  from: number;
  to: number;
  x: Float64Array;
  min: Float64Array;
  max: Float64Array;
  last: Float64Array;
  count: Float64Array;
  nan: Float64Array;
  /** Over the finite values, NaN if there are none; where it was asked for. */
  mean?: Float64Array;
  /** Where they were asked for. */
  nonFinite?: NonFinitePoints;
  rewinds?: Rewind[];
  /** A sentence for each part that cannot be read, and so is missing. */
  damage: readonly string[];
}

/** Answer to one question of several: others are answered all the same. */
export type WindowAnswer = SeriesWindow | PlatformError;
