import { DEFAULT_BUCKETS } from "../query/series.js";

/** JSON Schema, as far as routes use it. */
export type Schema = Record<string, unknown>;

/** A number, or the name of one that is not finite. */
export const WIRE_NUMBER: Schema = { anyOf: [{ type: "number" }, { enum: ["NaN", "Infinity", "-Infinity"] }] };
/** States of an instance. */
export const STATES = ["running", "done", "failed", "lost"] as const;

const TEXTS: Schema = { type: "object", additionalProperties: { type: "string" } };
/** Labels of a series. */
export const LABELS: Schema = TEXTS;

/** @returns schema of an object */
export function object(properties: Record<string, Schema>, required: string[] = Object.keys(properties)): Schema {
  return { type: "object", required, properties };
}

/** @returns schema of an array */
export function list(items: Schema): Schema {
  return { type: "array", items };
}

/** @returns schema of a string */
export function text(description: string): Schema {
  return { type: "string", description };
}

const ERROR_FACTS: Schema = object({ code: text("stable code"), message: text("what is wrong and what to do") });

/** Error answer of every route. */
export const ERROR: Schema = object({ error: ERROR_FACTS, ack: { type: "integer" } }, ["error"]);

const SERIES_SUMMARY: Schema = object({
  name: { type: "string" },
  labels: LABELS,
  count: { type: "integer" },
  last: WIRE_NUMBER,
  min: WIRE_NUMBER,
  max: WIRE_NUMBER,
  firstStep: WIRE_NUMBER,
  lastStep: WIRE_NUMBER,
  firstTimeNs: text("nanoseconds since 1970"),
  lastTimeNs: text("nanoseconds since 1970"),
});

const SUMMARY_FIELDS: Record<string, Schema> = {
  id: { type: "string" },
  training: { type: "string" },
  name: text("display name"),
  tags: list({ type: "string" }),
  note: { type: "string" },
  state: { enum: STATES },
  params: { type: "object", description: "numbers with the digits they were written with; what is not finite as text" },
  paramsText: text("the params as they were written: JSON, with NaN and Infinity as Python writes them"),
  startTime: text("RFC 3339"),
  stopTime: text("RFC 3339"),
  heartbeatTime: text("RFC 3339; when a writer was heard last"),
  end: { type: "object" },
  series: list(SERIES_SUMMARY),
};

const RUN_FIELDS: Record<string, Schema> = {
  command: list({ type: "string" }),
  workingFolder: { type: "string" },
  host: { type: "string" },
  pid: { type: "integer" },
  batchOfEpoch: { type: "number" },
  paramsRevision: { type: "integer", description: "revision of its training's params that the run was started with" },
  paramsFrom: {
    enum: ["workspace", "training"],
    description: "where the run found its params, when they were not given to it: the instance keeps those that it was given before",
  },
  git: object(
    {
      commit: { type: "string" },
      branch: { type: "string" },
      isDirty: { type: "boolean" },
      diff: text("as `git diff HEAD` prints it"),
      isDiffTruncated: { type: "boolean" },
    },
    [],
  ),
  runtime: TEXTS,
  packages: TEXTS,
  os: text("name, release and architecture"),
  cpus: { type: "number", description: "cores that the run may use" },
  memoryBytes: { type: "integer" },
  gpus: list({ type: "string" }),
};

/** One instance in a list. */
export const INSTANCE_SUMMARY: Schema = object(SUMMARY_FIELDS, ["id", "training", "state", "params", "paramsText", "series"]);

/** One instance in a list of some columns. */
export const INSTANCE_ROW: Schema = object(
  {
    id: { type: "string" },
    training: { type: "string" },
    name: text("display name"),
    state: { enum: STATES },
    values: { type: "object", description: "what each column holds, by the text that it was asked for with" },
  },
  ["id", "training", "state", "values"],
);

const INSTANCE_MODEL: Schema = object(
  {
    name: { type: "string" },
    version: { type: "string" },
    type: { type: "string" },
    file: text("where it lies"),
    bytes: { type: "integer" },
    createdTime: text("RFC 3339"),
    metric: object({ epoch: { type: "number" }, batch: { type: "number" } }, []),
  },
  ["name", "version", "createdTime"],
);

/** Everything about one instance. */
export const INSTANCE_DETAIL: Schema = object(
  {
    ...SUMMARY_FIELDS,
    ...RUN_FIELDS,
    logBytes: { type: "integer" },
    events: list({ type: "object" }),
    models: list(INSTANCE_MODEL),
    drops: object(
      {
        points: { type: "integer" },
        logBytes: { type: "integer" },
        events: { type: "integer" },
        unknownRecords: { type: "integer" },
        reason: { type: "string" },
      },
      [],
    ),
    stopRequested: object({ reason: { type: "string" }, time: text("RFC 3339") }),
    damage: list(text("what of it is damaged in the store")),
  },
  ["id", "training", "state", "params", "paramsText", "series", "logBytes", "events", "drops"],
);

/** Facts of an instance that a client may put. */
export const INSTANCE_FACTS: Schema = object(
  {
    training: { type: "string" },
    name: text("display name; need not be unique"),
    tags: { ...list({ type: "string" }), description: "all of them together" },
    note: { type: "string" },
    state: { enum: ["running", "done", "failed"] },
    params: { type: "object" },
    paramsText: text("the params as they are written; wins over `params`"),
    startTime: text("RFC 3339"),
    stopTime: text("RFC 3339"),
    end: { type: "object" },
    ...RUN_FIELDS,
  },
  [],
);

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
export const SERIES_ANSWER: Schema = object(
  { name: { type: "string" }, labels: LABELS, axis: { enum: ["step", "time", "epoch"] }, ...COLUMNS, damage: DAMAGE },
  ["name", "labels", "axis", ...Object.keys(COLUMNS)],
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

/** @returns response schemas: the answer, and the error for everything else */
export function answers(schema: Schema, status = 200): Record<string, Schema> {
  return { [status]: schema, "4xx": ERROR, "5xx": ERROR };
}

/** Path parameter of one instance. */
export const INSTANCE_PARAMS: Schema = object({ id: text("instance id") });
