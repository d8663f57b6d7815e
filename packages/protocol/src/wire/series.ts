import type { ErrorBody } from "../errors.js";
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

/** The axis of a chart: `relative` is time in milliseconds since the start of the instance, or since its first point where that is earlier. */
export type ChartAxis = SeriesAxis | "relative";

/** One series of a {@link ChartQuery}. */
export interface ChartSeries {
  instance: string;
  name: string;
  /** All labels, or as many as single the series out. */
  labels?: Labels;
  /** Version that the asker has. */
  since?: number;
  /** Only points of these numbers, in order of arrival from 0: the first of them, and the first one behind them. */
  segment?: [first: number, end: number];
}

/** Body of `POST /v1/series/query`. */
export interface ChartQuery {
  series: ChartSeries[];
  /** Default `step`. */
  x?: ChartAxis;
  /** First and last place on the axis; each series' own where absent. */
  from?: number;
  to?: number;
  /** Points fewer than this come as they are. */
  buckets?: number;
  /** Version that the asker has of every series that names none of its own. */
  since?: number;
}

/** Columns of one series of several. `mean` is over the finite values ("NaN" if there are none). */
export interface ChartSeriesAnswer extends Omit<SeriesAnswer, "axis"> {
  /** Its place in the question. */
  index: number;
  instance: string;
  /** It grows with the series: given back as `since`, the series is answered again once it has grown. */
  version: number;
  axis: ChartAxis;
  mean: WireNumber[];
  /** The first 100 points of the window whose value is not finite, each at its own place; absent where there are none. */
  nonFinite?: { x: WireNumber[]; value: WireNumber[] };
  /**
   * Places where the steps of the series go back, as when a run goes on from an earlier checkpoint: number of the point, in order of arrival from 0, step
   * of the one before it, and its own. Absent where there are none, or more than 20: such a series has no order.
   */
  rewinds?: { point: number; from: WireNumber; to: WireNumber }[];
}

/** Columns of a {@link ChartSeriesAnswer}. */
export type ChartColumn = "x" | "min" | "max" | "last" | "mean" | "count" | "nan";

/** A series of several that cannot be answered. */
export interface ChartSeriesError extends ChartSeries {
  index: number;
  error: ErrorBody["error"];
}

/** Answer of `POST /v1/series/query`, in the order of the question; series that have not grown since the version that the asker has are left out. */
export interface ChartAnswer {
  series: (ChartSeriesAnswer | ChartSeriesError)[];
}
