/** JSON Schema, as far as routes use it. */
export type Schema = Record<string, unknown>;

const WIRE_NUMBER: Schema = { anyOf: [{ type: "number" }, { enum: ["NaN", "Infinity", "-Infinity"] }] };
const TEXTS: Schema = { type: "object", additionalProperties: { type: "string" } };
const LABELS: Schema = TEXTS;

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

/** Error answer of every route. */
export const ERROR: Schema = object(
  { error: object({ code: text("stable code"), message: text("what is wrong and what to do") }), ack: { type: "integer" } },
  ["error"],
);

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
  state: { enum: ["running", "done", "failed", "lost"] },
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

/** Answer of a series query. */
export const SERIES_ANSWER: Schema = object(
  {
    name: { type: "string" },
    labels: LABELS,
    axis: { enum: ["step", "time", "epoch"] },
    raw: { type: "boolean", description: "every row is one point" },
    from: WIRE_NUMBER,
    to: WIRE_NUMBER,
    bucketWidth: { type: "number" },
    x: list(WIRE_NUMBER),
    min: list(WIRE_NUMBER),
    max: list(WIRE_NUMBER),
    last: list(WIRE_NUMBER),
    count: list({ type: "integer" }),
    nan: list({ type: "integer" }),
    damage: list(text("a part of the series that is damaged in the store: its points are missing")),
  },
  ["name", "labels", "axis", "raw", "from", "to", "bucketWidth", "x", "min", "max", "last", "count", "nan"],
);

/** @returns response schemas: the answer, and the error for everything else */
export function answers(schema: Schema, status = 200): Record<string, Schema> {
  return { [status]: schema, "4xx": ERROR, "5xx": ERROR };
}

/** Path parameter of one instance. */
export const INSTANCE_PARAMS: Schema = object({ id: text("instance id") });
