import type { Labels, SeriesAxis } from "ava-protocol";
import { PlatformError } from "../../error.js";

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

/** A question for points of one series, each with all that was recorded of it. */
export interface PointsQuery {
  instance: string;
  name: string;
  /** All labels, or as many as single the series out; absent when the name alone should do. */
  labels?: Labels;
  axis: SeriesAxis;
  /** First and last place on the axis; all of it where absent. */
  from?: number;
  to?: number;
  /** Only values below the one or above the other; NaN is neither. Any value where both are absent. */
  below?: number;
  above?: number;
  /** Points to give: the last ones in order of arrival. */
  most: number;
}

/** A point as it was recorded; an absent epoch is NaN. */
export interface RecordedPoint {
  step: number;
  epoch: number;
  timeNs: bigint;
  value: number;
}

/** Points that a question is about. */
export interface SeriesPoints {
  name: string;
  labels: Labels;
  total: number;
  points: RecordedPoint[];
  /** A sentence for each part that cannot be read, and so is missing. */
  damage: readonly string[];
}

/** Answer to one question of several: others are answered all the same. */
export type PointsAnswer = SeriesPoints | PlatformError;

interface Asked {
  findPoints: (queries: readonly PointsQuery[]) => Promise<PointsAnswer[]>;
}

/** Asks one question alone. @throws PlatformError `not_found`, `ambiguous_series`, `store_damaged` */
export async function findPointsOf(store: Asked, query: PointsQuery): Promise<SeriesPoints> {
  const [answer] = await store.findPoints([query]);
  if (answer instanceof PlatformError) throw answer;
  return answer!;
}
