import type { InstanceModel } from "ava-protocol";
import type { DownloadLinks } from "../access/download-links.js";
import { PlatformError } from "../error.js";
import { instanceIdOf, type Model, type ModelSpec } from "../store/contract/model.js";
import type { Store } from "../store/contract/store.js";

/** Addresses of files that the platform gives out. */
const DOWNLOADABLE = /^(file|qiniu):/;

/**
 * @param version - the newest when absent
 * @throws PlatformError `not_found`
 */
export async function modelOf(store: Store, name: string, version: string | undefined): Promise<Model> {
  const versions = await store.models({ name });
  const model = version === undefined ? versions.at(-1) : versions.find((one) => one.version === version);
  if (model !== undefined) return model;
  throw new PlatformError("not_found", `There is no model ${name}${version === undefined ? "" : ` ${version}`}.`);
}

/** @returns newest version of each model, in the order in which their first ones came; of those that one instance made, where it is named */
export async function newestModels(store: Store, instance: string | undefined): Promise<Model[]> {
  const newest = new Map<string, Model>();
  const models = await store.models(instance === undefined ? {} : { instance });
  for (const model of models.toSorted((a, b) => a.createdMs - b.createdMs)) newest.set(model.name, model);
  return [...newest.values()];
}

/** @returns a model as the API shows it; `download` is the platform's own, whatever was registered */
export function describeModel(model: Model, hasDetails: boolean, links: DownloadLinks): Record<string, unknown> {
  const { params, trainingRef, download: _foreign, instance: _other, metric: _its, ...facts } = model.spec;
  const details = { ...(params === undefined ? {} : { params }), ...(trainingRef === undefined ? {} : { trainingRef }) };
  const { name, version, createdMs } = model;
  const download = DOWNLOADABLE.test(String(facts["file"])) ? { download: links.linkTo(name, version) } : {};
  const instance = instanceIdOf(model.spec);
  const made = { ...(instance === undefined ? {} : { instance }), ...placeOf(model.spec) };
  return { ...facts, ...(hasDetails ? details : {}), version, createdTime: new Date(createdMs).toISOString(), ...made, ...download };
}

/** @returns every version of a model that an instance made, newest last */
export async function modelsOfInstance(store: Store, instance: string): Promise<InstanceModel[]> {
  const models = await store.models({ instance });
  return models.toSorted((a, b) => a.createdMs - b.createdMs).map(summarize);
}

function summarize({ name, version, createdMs, spec }: Model): InstanceModel {
  const { type, file, bytes } = spec;
  return {
    name,
    version,
    ...(typeof type === "string" ? { type } : {}),
    ...(typeof file === "string" ? { file } : {}),
    ...(typeof bytes === "number" ? { bytes } : {}),
    createdTime: new Date(createdMs).toISOString(),
    ...placeOf(spec),
  };
}

/** @returns where in its run a model was written */
function placeOf(spec: ModelSpec): Pick<InstanceModel, "metric"> {
  const { epoch, batch } = objectOf(objectOf(spec["trainingRef"])["metric"]);
  const metric = { ...(typeof epoch === "number" ? { epoch } : {}), ...(typeof batch === "number" ? { batch } : {}) };
  return Object.keys(metric).length === 0 ? {} : { metric };
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
