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
  /** Means are answered, too. */
  hasMeans?: boolean;
  /** So many of the first points that are not finite are answered, too. */
  nonFinite?: number;
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

/** Rows of a window: raw points, or exact buckets. */
export interface WindowColumns {
  isRaw: boolean;
  from: number;
  to: number;
  x: number[];
  min: number[];
  max: number[];
  last: number[];
  count: number[];
  nan: number[];
  /** Over the finite values, NaN if there are none; where it was asked for. */
  mean?: number[];
  /** Where they were asked for. */
  nonFinite?: NonFinitePoints;
  /** A sentence for each part that cannot be read, and so is missing. */
  damage: readonly string[];
}

/** Answer to one question of several: others are answered all the same. */
export type WindowAnswer = SeriesWindow | PlatformError;
