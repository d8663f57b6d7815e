import { object, type Schema, text, titled } from "./schema.js";

const SUMMARY_FIELDS: Record<string, Schema> = {
  name: { type: "string" },
  displayName: text("what people read in place of the name"),
  paramsRevision: { type: "integer", description: "the newest revision of its params" },
  instances: { type: "integer" },
  running: { type: "integer" },
  lastStartTime: text("RFC 3339"),
};

const NEEDED = ["name", "instances", "running"];

/** One training in a list. */
export const TRAINING_SUMMARY: Schema = titled("TrainingSummary", object(SUMMARY_FIELDS, NEEDED));

/** Everything about a training but its params. */
export const TRAINING_DETAIL: Schema = titled(
  "TrainingDetail",
  object(
    {
      ...SUMMARY_FIELDS,
      note: { type: "string" },
      retentionDays: { type: "integer", description: "days after which runs that were not heard any more are deleted; absent for never" },
      createdTime: text("RFC 3339"),
    },
    NEEDED,
  ),
);

const REVISION_FIELDS: Record<string, Schema> = {
  revision: { type: "integer", description: "counts from 1" },
  createdTime: text("RFC 3339"),
  note: text("why it was made"),
};

/** A revision of a training's params in a list. */
export const PARAMS_REVISION: Schema = titled("ParamsRevision", object(REVISION_FIELDS, ["revision", "createdTime"]));

/** Params of a training. */
export const TRAINING_PARAMS: Schema = titled(
  "TrainingParams",
  object(
    {
      training: { type: "string" },
      ...REVISION_FIELDS,
      params: { type: "object", description: "numbers with the digits they were written with; what is not finite as text" },
      paramsText: text("the params as they were written: JSON, with NaN and Infinity as Python writes them"),
    },
    ["training", "revision", "createdTime", "params", "paramsText"],
  ),
);
