import { DEFAULT_BUCKETS } from "../query/series.js";
import { ERROR_FACTS, LABELS, list, object, type Schema, text, titled, WIRE_NUMBER } from "./schema.js";

/** Columns of a series, each with a row for each point or bucket. */
const COLUMNS: Record<string, Schema> = {
  raw: { type: "boolean", description: "every row is one point" },
  from: WIRE_NUMBER,
  to: WIRE_NUMBER,
  bucketWidth: { type: "number", description: "0 for points" },
  x: { ...list(WIRE_NUMBER), description: "place of the point that arrived last" },
  min: { ...list(WIRE_NUMBER), description: "over the values that are not NaN" },
  max: list(WIRE_NUMBER),
  last: { ...list(WIRE_NUMBER), description: "of the point that arrived last" },
  count: list({ type: "integer" }),
  nan: { ...list({ type: "integer" }), description: "how many of `count` are NaN" },
};

const DAMAGE: Schema = list(text("a part of the series that is damaged in the store: its points are missing"));

/** Answer of a series query. */
export const SERIES_ANSWER: Schema = titled(
  "SeriesAnswer",
  object({ name: { type: "string" }, labels: LABELS, axis: { enum: ["step", "time", "epoch"] }, ...COLUMNS, damage: DAMAGE }, [
    "name",
    "labels",
    "axis",
    ...Object.keys(COLUMNS),
  ]),
);

const CHART_FACTS: Record<string, Schema> = {
  index: { type: "integer", description: "place of the series in the question" },
  instance: { type: "string" },
  name: { type: "string" },
  labels: LABELS,
};

const CHART_COLUMNS: Record<string, Schema> = {
  ...CHART_FACTS,
  version: { type: "integer", description: "to be given back as `since`" },
  axis: { enum: ["step", "time", "relative", "epoch"] },
  ...COLUMNS,
  mean: { ...list(WIRE_NUMBER), description: "over the finite values" },
};

const NON_FINITE: Schema = {
  ...object({ x: list(WIRE_NUMBER), value: list(WIRE_NUMBER) }),
  description: "the first 100 points whose value is not finite, each at its own place",
};

const REWINDS: Schema = {
  ...list(object({ point: { type: "integer" }, from: WIRE_NUMBER, to: WIRE_NUMBER })),
  description: "where the steps of the series go back: number of the point, step of the one before it, its own; absent where more than 20",
};

/** Answer with points as they were recorded. */
export const POINTS_ANSWER: Schema = object(
  {
    name: { type: "string" },
    labels: LABELS,
    total: { type: "integer", description: "points that the question is about" },
    points: {
      ...list(
        object({ step: WIRE_NUMBER, epoch: WIRE_NUMBER, timeNs: text("nanoseconds since 1970"), value: WIRE_NUMBER }, [
          "step",
          "timeNs",
          "value",
        ]),
      ),
      description: "the last of them, in order of arrival",
    },
    damage: DAMAGE,
  },
  ["name", "labels", "total", "points"],
);

/** Question for several series. */
export const CHART_QUERY: Schema = object(
  {
    series: list(
      object(
        {
          instance: { type: "string" },
          name: { type: "string" },
          labels: { ...LABELS, description: "all, or as many as single the series out" },
          since: { type: "integer", description: "version that you have of this series" },
          segment: {
            ...list({ type: "integer", minimum: 0 }),
            minItems: 2,
            maxItems: 2,
            description: "only points of these numbers, in order of arrival from 0: the first of them, and the first one behind them",
          },
        },
        ["instance", "name"],
      ),
    ),
    x: {
      enum: ["step", "time", "relative", "epoch"],
      default: "step",
      description:
        "axis; time is in milliseconds since 1970, relative since the start of the instance (its first point, where that is earlier)",
    },
    from: { type: "number", description: "default: where each series begins" },
    to: { type: "number", description: "default: where each series ends" },
    buckets: { type: "integer", minimum: 1, default: DEFAULT_BUCKETS, description: "points fewer than this come as they are" },
    since: {
      type: "integer",
      description: "version that you have of every series that names none of its own: those that have not grown are left out",
    },
  },
  ["series"],
);

/** Answer for several series. */
export const CHART_ANSWER: Schema = object({
  series: list({
    anyOf: [
      object({ ...CHART_COLUMNS, nonFinite: NON_FINITE, rewinds: REWINDS, damage: DAMAGE }, Object.keys(CHART_COLUMNS)),
      object({ ...CHART_FACTS, error: ERROR_FACTS }, ["index", "instance", "name", "error"]),
    ],
  }),
});
