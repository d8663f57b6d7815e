import type { ModelVersion, RegisteredModel } from "./registry-book.js";

/** @param model - registered @returns `RegisteredModel` of MLflow */
export function registeredJson(model: RegisteredModel): object {
  const latest = [...new Map(model.versions.map((version) => [version.stage, version])).values()];
  return {
    name: model.name,
    description: model.description,
    creation_timestamp: model.createdMs,
    last_updated_timestamp: model.changedMs,
    latest_versions: latest.map((version) => versionJson(model, version)),
    tags: tagsJson(model.tags),
    aliases: Object.entries(model.aliases).map(([alias, version]) => ({ alias, version: String(version) })),
  };
}

/** @param model - registered @param version - of it @returns `ModelVersion` of MLflow */
export function versionJson(model: RegisteredModel, version: ModelVersion): object {
  return {
    name: model.name,
    version: String(version.version),
    creation_timestamp: version.createdMs,
    last_updated_timestamp: version.changedMs,
    description: version.description,
    source: version.source,
    run_id: version.runId,
    run_link: version.runLink,
    ...(version.modelId === "" ? {} : { model_id: version.modelId }),
    current_stage: version.stage,
    status: "READY",
    tags: tagsJson(version.tags),
    aliases: aliasesOf(model, version),
  };
}

/** @param model - registered @param version - of it @returns the aliases of the version */
export function aliasesOf({ aliases }: RegisteredModel, { version }: ModelVersion): string[] {
  return Object.entries(aliases).flatMap(([alias, number]) => (number === version ? [alias] : []));
}

function tagsJson(tags: Readonly<Record<string, string>>): object[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}
