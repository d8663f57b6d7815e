import { existsSync } from "node:fs";
import { AvaError } from "../error.js";
import { readEnvironment } from "../settings/environment.js";
import { findWorkspace } from "../workspace/find-workspace.js";
import { defaultParamsPath, runLayout } from "../workspace/layout.js";
import { type JsonObject, readJsonFile } from "./json-file.js";
import { valueAt } from "./value-at.js";

/** How {@link getValue} treats a key. */
export interface GetValueOptions<Default = undefined> {
  /** Throw when the key does not exist. Default false. */
  isRequired?: boolean;
  /** Value of a key that does not exist. */
  default?: Default;
  /** Use what was read before instead of reading the file again. Default true. */
  useCache?: boolean;
}

interface Loaded {
  params: JsonObject;
  problem?: string;
}

const cache = new Map<string, Loaded>();

/**
 * The file that params are read from: that of the instance which this process belongs to (`run/<id>/params.json`), if it has one, else
 * `params/default.json` of the workspace.
 *
 * @returns absolute path
 */
export function paramsFile(): string {
  const workspace = findWorkspace();
  const { trainingInsId } = readEnvironment();
  const own = trainingInsId && runLayout(workspace, trainingInsId).params;
  return own && existsSync(own) ? own : defaultParamsPath(workspace);
}

/**
 * Value of one param.
 *
 * @param key - levels separated by dots: `solverOps.solverPolicy.stepvalue`, arrays by index
 * @param options - required, default, cache
 * @returns the value, or the default when the key does not exist; `null` in the file is a value
 * @throws AvaError PARAM_REQUIRED when a required key does not exist; the message names key and file
 * @example
 * ```ts
 * import { getValue } from "ava-sdk/params";
 * const baseLr = getValue("solver.baseLr", { default: 0.01 });
 * ```
 */
export function getValue<Value = unknown, Default = undefined>(key: string, options: GetValueOptions<Default> = {}): Value | Default {
  const file = paramsFile();
  const { params, problem } = load(file, options.useCache ?? true);
  const found = valueAt(params, key);
  if (found) return structuredClone(found.value) as Value;
  if (options.isRequired) {
    const why = problem ? ` (the file cannot be read: ${problem})` : existsSync(file) ? "" : " (the file does not exist)";
    throw new AvaError(
      "PARAM_REQUIRED",
      `required param '${key}' is missing in ${file}${why}; add it there or pass --set ${key}=VALUE to ava-sdk run`,
    );
  }
  return options.default as Default;
}

/**
 * All params.
 *
 * @param options - `useCache: false` reads the file again
 * @returns a copy of the whole object; empty when the file is missing or unreadable
 */
export function getAll(options: { useCache?: boolean } = {}): JsonObject {
  return structuredClone(load(paramsFile(), options.useCache ?? true).params);
}

function load(file: string, useCache: boolean): Loaded {
  const known = useCache ? cache.get(file) : undefined;
  if (known) return known;
  const loaded: Loaded = { params: {} };
  loaded.params = readJsonFile(file, (reason) => {
    loaded.problem = reason;
  });
  cache.set(file, loaded);
  return loaded;
}
