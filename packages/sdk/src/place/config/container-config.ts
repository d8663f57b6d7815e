import { emitLibraryWarning } from "../notices/notices.js";
import type { GetValueOptions } from "../params/params.js";
import { findWorkspace } from "../workspace/find-workspace.js";
import { configPath } from "../workspace/layout.js";
import { Config, ConfigError } from "./config.js";

/** Files that the platform puts into `config/` of a container. */
export type ContainerConfigName =
  | "user"
  | "worker"
  | "trainingspec"
  | "trainsetinfo"
  | "valsetinfo"
  | "testsetinfo"
  | "modelspec"
  | "datasetinfo"
  | "evaluationinfo";

const cache = new Map<string, Config | ConfigError>();

/**
 * Value of a key in one of the platform's files. A missing or unreadable file has no keys; the latter is told once.
 *
 * @param name - which file
 * @param key - dotted key
 * @param options - required, default, cache
 * @param workspace - path; default that of this process
 * @returns the value, or the default
 * @throws ConfigError CONFIG_KEY_REQUIRED, or CONFIG_MISSING, CONFIG_UNREADABLE, when the key is required
 */
export function fetchConfig<Value = unknown, Default = undefined>(
  name: ContainerConfigName,
  key: string,
  options: GetValueOptions<Default> = {},
  workspace: string = findWorkspace(),
): Value | Default {
  const config = load(configPath(workspace, name), options.useCache ?? true);
  if (config instanceof Config) return config.get<Value, Default>(key, options);
  if (options.isRequired) throw config;
  return options.default as Default;
}

/**
 * All keys of one of the platform's files.
 *
 * @param name - which file
 * @param workspace - path; default that of this process
 * @returns a copy; empty when the file is missing or unreadable
 */
export function fetchAll(name: ContainerConfigName, workspace: string = findWorkspace()): Record<string, unknown> {
  const config = load(configPath(workspace, name), true);
  return config instanceof Config ? config.getAll() : {};
}

function load(file: string, useCache: boolean): Config | ConfigError {
  const known = useCache ? cache.get(file) : undefined;
  if (known) return known;
  const read = tryRead(file);
  if (read instanceof ConfigError && read.code === "CONFIG_UNREADABLE" && !(cache.get(file) instanceof ConfigError)) {
    emitLibraryWarning(`${read.message}; defaults are used`);
  }
  // A file that does not exist yet may come.
  if (!(read instanceof ConfigError && read.code === "CONFIG_MISSING")) cache.set(file, read);
  return read;
}

function tryRead(file: string): Config | ConfigError {
  try {
    return new Config(file);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}
