import { PlatformError } from "../../error.js";
import type { ModelSpec } from "../../store/command.js";
import type { Model } from "../../store/memory.js";
import type { Routes } from "../context.js";
import { answers, list, object, text } from "../schema.js";

const MODEL = object(
  {
    name: { type: "string" },
    version: { type: "string" },
    type: { type: "string" },
    file: { type: "string" },
    createdTime: text("RFC 3339"),
  },
  ["name", "version", "createdTime"],
);

const SPEC = {
  ...object({ name: { type: "string", minLength: 1, maxLength: 512 }, version: { type: "string", minLength: 1, maxLength: 128 } }, [
    "name",
  ]),
  additionalProperties: true,
};

interface Params {
  name: string;
  version?: string;
}

/** Models: what a snapshot is registered as. Metadata only; the files lie in object storage. */
export const modelRoutes: Routes = (app, { store }) => {
  const tags = ["models"];
  app.get(
    "/v1/models",
    { schema: { tags, summary: "Newest version of every model", response: answers(object({ models: list(MODEL) })) } },
    () => ({
      models: [...store.models.values()].map((versions) => describeModel(versions.at(-1)!, false)),
    }),
  );

  const post = { tags, summary: "Register a model; a spec that is sent again makes no new version", body: SPEC, response: answers(MODEL) };
  app.post<{ Body: ModelSpec }>("/v1/models", { schema: post }, async (request) => describeModel(await store.putModel(request.body), true));

  const querystring = { type: "object", properties: { includeDetails: { type: "boolean", default: true } } };
  for (const path of ["/v1/models/:name", "/v1/models/:name/:version"]) {
    const schema = { tags, summary: "One model", querystring, response: answers(MODEL) };
    app.get<{ Params: Params; Querystring: { includeDetails: boolean } }>(path, { schema }, (request) => {
      const { name, version } = request.params;
      const versions = store.models.get(name);
      const model = version === undefined ? versions?.at(-1) : versions?.find((one) => one.version === version);
      if (model === undefined)
        throw new PlatformError("not_found", `There is no model ${name}${version === undefined ? "" : ` ${version}`}.`);
      return describeModel(model, request.query.includeDetails);
    });
  }
};

function describeModel(model: Model, hasDetails: boolean): Record<string, unknown> {
  const { params, trainingRef, ...facts } = model.spec;
  const details = { ...(params === undefined ? {} : { params }), ...(trainingRef === undefined ? {} : { trainingRef }) };
  return { ...facts, ...(hasDetails ? details : {}), version: model.version, createdTime: new Date(model.createdMs).toISOString() };
}
