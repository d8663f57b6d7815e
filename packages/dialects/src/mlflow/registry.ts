import type { DialectAnswer, Read, Route, RouteContext } from "../ports.js";
import { RefusedError } from "../refused-error.js";
import { answer } from "./answer.js";
import { Fields } from "./fields.js";
import { modelOf, placeOf } from "./model-book.js";
import {
  changeRegistered,
  type ModelVersion,
  type RegisteredModel,
  register,
  registeredModel,
  registeredModels,
  renameRegistered,
  versionOf,
} from "./registry-book.js";
import { aliasesOf, registeredJson, versionJson } from "./registry-json.js";
import { searchPage } from "./search/search-page.js";

const MODELS = "/api/2.0/mlflow/registered-models";
const VERSIONS = "/api/2.0/mlflow/model-versions";
/** The client leaves prompts out of a search of models by a tag that models do not have. */
const WITHOUT_TAG: Readonly<Record<string, string>> = { "mlflow.prompt.is_prompt": "false" };

/** The registry of models, as far as programs that train use it. */
export const REGISTRY_ROUTES: readonly Route[] = [
  { method: "POST", path: `${MODELS}/create`, handle: create },
  { method: "GET", path: `${MODELS}/get`, handle: get },
  { method: "GET", path: `${MODELS}/search`, handle: search },
  {
    method: "PATCH",
    path: `${MODELS}/update`,
    handle: change((model, fields) => ({ ...model, description: fields.text("description") ?? "" })),
  },
  { method: "POST", path: `${MODELS}/rename`, handle: rename },
  { method: "DELETE", path: `${MODELS}/delete`, handle: change((model) => ({ ...model, versions: [], aliases: {}, isDeleted: true })) },
  { method: "POST", path: `${MODELS}/set-tag`, handle: change((model, fields) => ({ ...model, tags: withTag(model.tags, fields) })) },
  {
    method: "DELETE",
    path: `${MODELS}/delete-tag`,
    handle: change((model, fields) => ({ ...model, tags: without(model.tags, fields.text("key")) })),
  },
  { method: "POST", path: `${MODELS}/alias`, handle: change(withAlias) },
  {
    method: "DELETE",
    path: `${MODELS}/alias`,
    handle: change((model, fields) => ({ ...model, aliases: without(model.aliases, fields.text("alias")) })),
  },
  { method: "GET", path: `${MODELS}/alias`, handle: getByAlias },
  { method: "POST", path: `${MODELS}/get-latest-versions`, handle: latestVersions },
  { method: "GET", path: `${MODELS}/get-latest-versions`, handle: latestVersions },
  { method: "POST", path: `${VERSIONS}/create`, handle: createVersion },
  { method: "GET", path: `${VERSIONS}/get`, handle: getVersion },
  { method: "GET", path: `${VERSIONS}/search`, handle: searchVersions },
  { method: "GET", path: `${VERSIONS}/get-download-uri`, handle: downloadUri },
  {
    method: "PATCH",
    path: `${VERSIONS}/update`,
    handle: changeVersion((version, fields) => ({ ...version, description: fields.text("description") ?? "" })),
  },
  {
    method: "POST",
    path: `${VERSIONS}/transition-stage`,
    handle: changeVersion((version, fields) => ({ ...version, stage: fields.requiredText("stage") })),
  },
  {
    method: "POST",
    path: `${VERSIONS}/set-tag`,
    handle: changeVersion((version, fields) => ({ ...version, tags: withTag(version.tags, fields) })),
  },
  {
    method: "DELETE",
    path: `${VERSIONS}/delete-tag`,
    handle: changeVersion((version, fields) => ({ ...version, tags: without(version.tags, fields.text("key")) })),
  },
  { method: "DELETE", path: `${VERSIONS}/delete`, handle: change(withoutVersion) },
];

async function create(context: RouteContext): Promise<DialectAnswer> {
  const fields = await Fields.of(context.request);
  const told = { name: fields.requiredText("name"), description: fields.text("description") ?? "", tags: tagsOf(fields) };
  return answer({ registered_model: registeredJson(await register(context, told)) });
}

async function get({ request, read }: RouteContext): Promise<DialectAnswer> {
  return answer({ registered_model: registeredJson(await named(read, await Fields.of(request))) });
}

async function rename(context: RouteContext): Promise<DialectAnswer> {
  const fields = await Fields.of(context.request);
  const model = await renameRegistered(context, fields.requiredText("name"), fields.requiredText("new_name"));
  return answer({ registered_model: registeredJson(model) });
}

async function search({ request, read }: RouteContext): Promise<DialectAnswer> {
  const { items, nextPageToken } = searchPage(await registeredModels(read), await Fields.of(request), {
    isDeleted: () => false,
    defaultEntity: "attribute",
    value: ({ name, tags, changedMs }, { entity, key }) =>
      entity === "tag" ? (tags[key] ?? WITHOUT_TAG[key]) : known({ name, last_updated_timestamp: changedMs }, key),
  });
  return answer({
    registered_models: items.map(registeredJson),
    ...(nextPageToken === undefined ? {} : { next_page_token: nextPageToken }),
  });
}

async function searchVersions({ request, read }: RouteContext): Promise<DialectAnswer> {
  const all = (await registeredModels(read)).flatMap((model) => model.versions.toReversed().map((version) => ({ model, version })));
  const { items, nextPageToken } = searchPage(all, await Fields.of(request), {
    isDeleted: () => false,
    defaultEntity: "attribute",
    value: ({ model: { name }, version: { version, runId, source, tags, changedMs } }, { entity, key }) =>
      entity === "tag"
        ? tags[key]
        : known({ name, run_id: runId, source_path: source, version_number: version, last_updated_timestamp: changedMs }, key),
  });
  const versions = items.map(({ model, version }) => versionJson(model, version));
  return answer({ model_versions: versions, ...(nextPageToken === undefined ? {} : { next_page_token: nextPageToken }) });
}

async function latestVersions({ request, read }: RouteContext): Promise<DialectAnswer> {
  const fields = await Fields.of(request);
  const model = await named(read, fields);
  const latest = new Map(model.versions.map((version) => [version.stage.toLowerCase(), version]));
  const stages = fields.list("stages").map((stage) => String(stage).toLowerCase());
  const found = [...latest].filter(([stage]) => stages.length === 0 || stages.includes(stage));
  return answer({ model_versions: found.map(([, version]) => versionJson(model, version)) });
}

async function createVersion(context: RouteContext): Promise<DialectAnswer> {
  const fields = await Fields.of(context.request);
  const [source, runId] = [fields.requiredText("source"), fields.text("run_id") ?? ""];
  const told = {
    runLink: fields.text("run_link") ?? "",
    modelId: fields.text("model_id") ?? "",
    description: fields.text("description") ?? "",
  };
  const model = await changeRegistered(context, fields.requiredText("name"), (before, nowMs) => {
    const lastVersion = before.lastVersion + 1;
    const made = { ...told, version: lastVersion, source, runId, stage: "None", tags: tagsOf(fields), createdMs: nowMs, changedMs: nowMs };
    return { ...before, lastVersion, versions: [...before.versions, made] };
  });
  return answer({ model_version: versionJson(model, versionOf(model, model.lastVersion)) });
}

async function getVersion({ request, read }: RouteContext): Promise<DialectAnswer> {
  const fields = await Fields.of(request);
  const model = await named(read, fields);
  return answer({ model_version: versionJson(model, versionOf(model, fields.integer("version"))) });
}

async function getByAlias({ request, read }: RouteContext): Promise<DialectAnswer> {
  const fields = await Fields.of(request);
  const model = await named(read, fields);
  const alias = fields.requiredText("alias");
  const version = new Map(Object.entries(model.aliases)).get(alias);
  if (version === undefined) throw new RefusedError("invalid", `Registered model alias ${alias} not found.`);
  return answer({ model_version: versionJson(model, versionOf(model, version)) });
}

/** A logged model (`models:/m-...`) is found where its files are. */
async function downloadUri({ request, read }: RouteContext): Promise<DialectAnswer> {
  const fields = await Fields.of(request);
  const { source } = versionOf(await named(read, fields), fields.integer("version"));
  const logged = /^models:\/(m-[^/]+)$/.exec(source)?.[1];
  if (logged === undefined) return answer({ artifact_uri: source });
  const { view, model } = await modelOf(read, logged);
  return answer({ artifact_uri: placeOf(view, model) });
}

async function named(read: Read, fields: Fields): Promise<RegisteredModel> {
  return registeredModel(read, fields.requiredText("name"));
}

/** A route that changes one registered model. @param changed - the model as it is then */
function change(changed: (model: RegisteredModel, fields: Fields) => RegisteredModel): Route["handle"] {
  return async (context) => {
    const fields = await Fields.of(context.request);
    const model = await changeRegistered(context, fields.requiredText("name"), (before) => changed(before, fields));
    return answer({ registered_model: registeredJson(model) });
  };
}

/** A route that changes one version. @param changed - the version as it is then */
function changeVersion(changed: (version: ModelVersion, fields: Fields) => ModelVersion): Route["handle"] {
  return async (context) => {
    const fields = await Fields.of(context.request);
    const number = fields.integer("version");
    const model = await changeRegistered(context, fields.requiredText("name"), (before, nowMs) => {
      const after = { ...changed(versionOf(before, number), fields), changedMs: nowMs };
      return { ...before, versions: before.versions.map((one) => (one.version === number ? after : one)) };
    });
    return answer({ model_version: versionJson(model, versionOf(model, number)) });
  };
}

function withAlias(model: RegisteredModel, fields: Fields): RegisteredModel {
  const { version } = versionOf(model, fields.integer("version"));
  return { ...model, aliases: { ...model.aliases, [fields.requiredText("alias")]: version } };
}

function withoutVersion(model: RegisteredModel, fields: Fields): RegisteredModel {
  const gone = versionOf(model, fields.integer("version"));
  const aliases = without(model.aliases, ...aliasesOf(model, gone));
  return { ...model, aliases, versions: model.versions.filter((version) => version !== gone) };
}

function tagsOf(fields: Fields): Record<string, string> {
  return Object.fromEntries(fields.pairs("tags").map(({ key, value }) => [key, value]));
}

function withTag(tags: Record<string, string>, fields: Fields): Record<string, string> {
  return { ...tags, [fields.requiredText("key")]: fields.text("value") ?? "" };
}

function without<Value>(members: Record<string, Value>, ...names: readonly (string | undefined)[]): Record<string, Value> {
  return Object.fromEntries(Object.entries(members).filter(([name]) => !names.includes(name)));
}

function known(values: Readonly<Record<string, string | number>>, key: string): string | number | undefined {
  if (key in values) return values[key];
  throw new RefusedError("invalid", `Invalid attribute key '${key}' specified.`);
}
