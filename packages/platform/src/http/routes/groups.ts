import { fieldsOf } from "../../query/fields.js";
import { type GroupsRequest, groupInstances } from "../../query/groups.js";
import { checkTraining } from "../checks.js";
import type { Routes } from "../context.js";
import { answers, list, object, type Schema, STATES, text, WIRE_NUMBER } from "../schema.js";

const QUERY = {
  type: "object",
  required: ["group"],
  properties: {
    training: text("only instances of this one"),
    filter: { ...text("as of `GET /v1/instances`"), default: "" },
    group: text("`params.KEY.KEY`, `training`, `state`, `host`, `name`, with commas between"),
    columns: {
      ...text("as of `GET /v1/instances`; of those that are figures of series (`min:val/loss`) each group has mean and spread"),
      default: "",
    },
    sort: text("a field of the group, a metric (its mean) or `count`; with `-` in front descending. Default: by what they have in common"),
    limit: { type: "integer", minimum: 1, maximum: 10_000, default: 1000 },
  },
};

const EXTREME = object({ value: { type: "number" }, instance: text("id of the one that has it") });

const FIGURES: Schema = object(
  {
    count: { type: "integer", description: "finite values" },
    mean: WIRE_NUMBER,
    deviation: { ...WIRE_NUMBER, description: "standard deviation of a sample; absent for fewer than two values" },
    min: EXTREME,
    max: EXTREME,
  },
  ["count"],
);

const TEXTS = list({ type: "string" });

const GROUP = object(
  {
    values: { type: "object", description: "what they have in common, by the text of the field; without what they have not" },
    count: { type: "integer", description: "instances" },
    states: { type: "object", properties: Object.fromEntries(STATES.map((state) => [state, { type: "integer" }])) },
    metrics: { type: "object", additionalProperties: FIGURES },
    filter: text("lets these instances through, with the filter of the question; absent where it would have more than 200 terms"),
  },
  ["values", "count", "states", "metrics"],
);

const FIELDS = object({
  instances: { type: "integer", description: "that were looked at: the newest 10,000 at most" },
  params: list(
    object({
      path: text("levels separated by dots"),
      instances: { type: "integer", description: "that have it" },
      values: { ...TEXTS, description: "as they were written, the most frequent first, up to 50" },
    }),
  ),
  metrics: { ...TEXTS, description: "names of the series of the newest 1,000" },
});

/** `GET /v1/groups`: instances that have the same in some fields, with mean and spread of metrics. `GET /v1/fields`: what there is to group, filter and show. */
export const groupRoutes: Routes = (app, { store, clock }) => {
  const fields = {
    tags: ["instances"],
    summary: "Params and metrics that instances have, for completion; a second old where it is asked for again",
    querystring: { type: "object", properties: { training: text("only instances of this one") } },
    response: answers(FIELDS),
  };
  app.get<{ Querystring: { training?: string } }>("/v1/fields", { schema: fields }, (request) => {
    const { training } = request.query;
    if (training !== undefined) checkTraining(training);
    return fieldsOf(store, training?.normalize("NFC"));
  });

  const schema = {
    tags: ["instances"],
    summary: "Groups of instances, with mean and spread of metrics",
    querystring: QUERY,
    response: answers(object({ groups: list(GROUP), group: TEXTS, columns: TEXTS, total: { type: "integer" } })),
  };
  app.get<{ Querystring: GroupsRequest }>("/v1/groups", { schema }, (request) => {
    if (request.query.training !== undefined) checkTraining(request.query.training);
    return groupInstances(store, clock, request.query);
  });
};
