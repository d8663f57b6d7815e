import { ERROR_STATUS } from "ava-protocol";

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

/** @param title - name of the type in clients that are made of the OpenAPI document @returns the schema with it */
export function titled(title: string, schema: Schema): Schema {
  return { title, ...schema };
}

/** @returns schema of an array */
export function list(items: Schema): Schema {
  return { type: "array", items };
}

/** @returns schema of a string */
export function text(description: string): Schema {
  return { type: "string", description };
}

/** Code and words of an error. */
export const ERROR_FACTS: Schema = object({
  code: { enum: Object.keys(ERROR_STATUS), description: "stable" },
  message: text("what is wrong and what to do"),
});

/** Error answer of every route. */
export const ERROR: Schema = object(
  { error: ERROR_FACTS, ack: { type: "integer" }, restorableUntil: text("ISO 8601, of a deleted instance") },
  ["error"],
);

const SERIES_SUMMARY: Schema = titled(
  "SeriesSummary",
  object({
    name: { type: "string" },
    labels: LABELS,
    count: { type: "integer" },
    last: WIRE_NUMBER,
    min: WIRE_NUMBER,
    max: WIRE_NUMBER,
    firstStep: { type: "number" },
    lastStep: { type: "number" },
    firstTimeNs: text("nanoseconds since 1970"),
    lastTimeNs: text("nanoseconds since 1970"),
  }),
);

const END_CAUSE: Schema = object(
  {
    exitCode: { type: "integer" },
    signal: { type: "string" },
    message: text("what the run said last about its end"),
    stoppedBy: { enum: ["self", "signal", "platform", "grace"] },
  },
  [],
);

const EVENT: Schema = object(
  {
    event: { enum: ["snapshot", "resume", "stop", "fatal", "end", "notice", "store_damaged"] },
    timeNs: text("nanoseconds since 1970"),
    step: { type: "number" },
    file: { type: "string" },
    message: { type: "string" },
  },
  ["event"],
);

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
  end: END_CAUSE,
  series: list(SERIES_SUMMARY),
};

const RUN_FIELDS: Record<string, Schema> = {
  command: list({ type: "string" }),
  workingFolder: { type: "string" },
  host: { type: "string" },
  pid: { type: "integer" },
  batchOfEpoch: { type: "number" },
  mainInstance: text("instance of the command that logged this run beside it, by another tracker's client"),
  furtherInstances: list(text("instance of another run that the command logged")),
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
export const INSTANCE_SUMMARY: Schema = titled(
  "InstanceSummary",
  object(SUMMARY_FIELDS, ["id", "training", "state", "params", "paramsText", "series"]),
);

/** One instance in a list of some columns. */
export const INSTANCE_ROW: Schema = titled(
  "InstanceRow",
  object(
    {
      id: { type: "string" },
      training: { type: "string" },
      name: text("display name"),
      state: { enum: STATES },
      values: { type: "object", description: "what each column holds, by the text that it was asked for with" },
    },
    ["id", "training", "state", "values"],
  ),
);

const INSTANCE_MODEL: Schema = titled(
  "InstanceModel",
  object(
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
  ),
);

/** Everything about one instance. */
export const INSTANCE_DETAIL: Schema = titled(
  "InstanceDetail",
  object(
    {
      ...SUMMARY_FIELDS,
      ...RUN_FIELDS,
      client: object(
        {
          dialect: text("tracker whose client has logged it to the platform itself"),
          passedOver: {
            type: "object",
            additionalProperties: { type: "integer" },
            description: "what it logged and AVA has no place for, by kind; at the end of the run an event tells it",
          },
        },
        ["dialect"],
      ),
      logBytes: { type: "integer" },
      events: list(EVENT),
      models: list(INSTANCE_MODEL),
      drops: object(
        {
          points: { type: "integer" },
          logBytes: { type: "integer" },
          events: { type: "integer" },
          unknownRecords: { type: "integer" },
          reason: { type: "string" },
        },
        ["points", "logBytes", "events"],
      ),
      stopRequested: object({ reason: { type: "string" }, time: text("RFC 3339") }),
      damage: list(text("what of it is damaged in the store")),
    },
    ["id", "training", "state", "params", "paramsText", "series", "logBytes", "events", "drops"],
  ),
);

/** Facts of an instance that a client may put. */
export const INSTANCE_FACTS: Schema = titled(
  "InstanceFacts",
  object(
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
      // Its rules are those of `pickFacts`: types in a schema would make numbers of texts.
      end: { type: "object" },
      ...RUN_FIELDS,
    },
    [],
  ),
);

/** @returns response schemas: the answer, and the error for everything else */
export function answers(schema: Schema, status = 200): Record<string, Schema> {
  return { [status]: schema, "4xx": ERROR, "5xx": ERROR };
}

/** Path parameter of one instance. */
export const INSTANCE_PARAMS: Schema = object({ id: text("instance id") });
