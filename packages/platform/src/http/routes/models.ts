import { describeModel, modelOf, newestModels } from "../../query/models.js";
import type { ModelSpec } from "../../store/contract/model.js";
import { checkModel } from "../checks.js";
import type { Routes } from "../context.js";
import { answers, list, object, type Schema, text, titled } from "../schema.js";

const MODEL_FACTS: Record<string, Schema> = {
  type: text("`snapshot` or `custom`"),
  file: text("where it lies: `file:///PATH`, `qiniu://ZONE/BUCKET/KEY`, `s3://BUCKET/KEY`"),
  key: text("key in the storage"),
  hash: text("SHA-256 in hexadecimal for `file:`, else the storage's own hash"),
  bytes: { type: "integer" },
  specVersion: { type: "string" },
  params: { type: "object" },
  trainingRef: { type: "object", description: "the run that made it: `instanceID`, `training`, `metric`" },
};

const MODEL = titled(
  "Model",
  object(
    {
      name: { type: "string" },
      version: { type: "string" },
      ...MODEL_FACTS,
      createdTime: text("RFC 3339"),
      instance: text("the run that made it"),
      metric: object({ epoch: { type: "number" }, batch: { type: "number" } }, []),
      download: text("address of the file on this platform; works without a token for ten minutes"),
    },
    ["name", "version", "createdTime"],
  ),
);

// Only described, its rules are those of `whyNotModel`: types in a schema would make texts of numbers, and a spec is kept as it came.
const SPEC = {
  type: "object",
  required: ["name"],
  properties: {
    name: {},
    version: { description: "the next number when absent" },
    ...Object.fromEntries(Object.entries(MODEL_FACTS).map(([name, { description }]) => [name, { description }])),
  },
  additionalProperties: true,
};

interface Params {
  name: string;
  version?: string;
}

/** Models: what a snapshot is registered as. */
export const modelRoutes: Routes = (app, { store, access: { links } }) => {
  const tags = ["models"];
  const all = {
    tags,
    summary: "Newest version of every model, or every version of one",
    querystring: {
      type: "object",
      properties: { instance: text("only models that this instance made"), name: text("every version of this model, newest last") },
    },
    response: answers(object({ models: list(MODEL) })),
  };
  app.get<{ Querystring: { instance?: string; name?: string } }>("/v1/models", { schema: all }, async ({ query }) => {
    const models = await (query.name === undefined ? newestModels(store, query.instance) : store.models(query));
    return { models: models.map((model) => describeModel(model, false, links)) };
  });

  const post = { tags, summary: "Register a model; a spec that is sent again makes no new version", body: SPEC, response: answers(MODEL) };
  app.post<{ Body: ModelSpec }>("/v1/models", { schema: post }, async (request) => {
    checkModel(request.body);
    return describeModel(await store.putModel(request.body), true, links);
  });

  const querystring = { type: "object", properties: { includeDetails: { type: "boolean", default: true } } };
  for (const path of ["/v1/models/:name", "/v1/models/:name/:version"]) {
    const schema = { tags, summary: "One model", querystring, response: answers(MODEL) };
    app.get<{ Params: Params; Querystring: { includeDetails: boolean } }>(path, { schema }, async (request) => {
      const { name, version } = request.params;
      return describeModel(await modelOf(store, name, version), request.query.includeDetails, links);
    });
  }
};
