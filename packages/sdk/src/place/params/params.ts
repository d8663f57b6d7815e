import { existsSync } from "node:fs";
import { type JsonText, jsonValue, nodeAt } from "ava-protocol";
import { AvaError } from "../error.js";
import { emitLibraryWarning } from "../notices/notices.js";
import { readEnvironment } from "../settings/environment.js";
import { findWorkspace } from "../workspace/find-workspace.js";
import { defaultParamsPath, runLayout } from "../workspace/layout.js";
import { type JsonObject, readJsonText } from "./json-file.js";
import { type SchemaOutput, type StandardSchema, validate } from "./standard-schema.js";

/** How {@link getValue} treats a key. */
export interface GetValueOptions<Default = undefined> {
  /** Throw when the key does not exist. Default false. */
  isRequired?: boolean;
  /** Value of a key that does not exist. */
  default?: Default;
  /** Use what was read before instead of reading the file again. Default true. */
  useCache?: boolean;
}

/** What was read, and why a file gave nothing. */
interface Loaded extends JsonText {
  problem?: string;
}

const cache = new Map<string, Loaded>();
const told = new Set<string>();

/** File of an instance that this process has made. */
let ownFile: string | undefined;

/** Params are read from the file of an instance of this process from now on. @param file - absolute path */
export function readParamsFrom(file: string): void {
  ownFile = file;
}

/**
 * The file that params are read from: that of the instance which this process belongs to (`run/<id>/params.json`), if it has one, else
 * `params/default.json` of the workspace.
 *
 * @returns absolute path
 */
export function paramsFile(): string {
  if (ownFile !== undefined && existsSync(ownFile)) return ownFile;
  const workspace = findWorkspace();
  const { trainingInsId } = readEnvironment();
  const own = trainingInsId && runLayout(workspace, trainingInsId).params;
  return own && existsSync(own) ? own : defaultParamsPath(workspace);
}

/** How {@link getValue} treats a key whose value a schema checks. */
export interface GetCheckedValueOptions<Schema extends StandardSchema> {
  /** Standard Schema validator (zod, valibot, ...); a key that does not exist is given to it as `undefined`. */
  schema: Schema;
  /** Value of a key that does not exist; the schema does not see it. */
  default?: SchemaOutput<Schema>;
  /** Use what was read before instead of reading the file again. Default true. */
  useCache?: boolean;
}

/**
 * Value of one param.
 *
 * @param key - levels separated by dots: `solverOps.solverPolicy.stepvalue`, arrays by index
 * @param options - required, default, cache, schema
 * @returns the value, or the default when the key does not exist; `null` in the file is a value, and integers beyond 2^53 are bigints. With a schema: its output, and its type
 * @throws AvaError PARAM_REQUIRED when a required key does not exist, PARAM_INVALID when the schema refuses the value; the message names key and file
 * @example
 * ```ts
 * import { getValue } from "ava-sdk/params";
 * const baseLr = getValue("solver.baseLr", { default: 0.01 });
 * ```
 */
export function getValue<Schema extends StandardSchema>(key: string, options: GetCheckedValueOptions<Schema>): SchemaOutput<Schema>;
export function getValue<Value = unknown, Default = undefined>(key: string, options?: GetValueOptions<Default>): Value | Default;
export function getValue(key: string, options: GetValueOptions<unknown> & { schema?: StandardSchema } = {}): unknown {
  const file = paramsFile();
  const { text, root, problem } = load(file, options.useCache ?? true);
  const found = nodeAt(root, key);
  if (!found && options.default !== undefined) return options.default;
  if (!found && options.isRequired) {
    const why = problem ? ` (the file cannot be read: ${problem})` : existsSync(file) ? "" : " (the file does not exist)";
    throw new AvaError(
      "PARAM_REQUIRED",
      `required param '${key}' is missing in ${file}${why}; add it there or pass --set ${key}=VALUE to ava-sdk run`,
    );
  }
  const value = found && jsonValue(text, found);
  if (!options.schema) return found ? value : options.default;
  const checked = validate(options.schema, value);
  if ("output" in checked) return checked.output;
  const source = found ? text.slice(found.start, found.end) : "missing";
  throw new AvaError("PARAM_INVALID", `param '${key}' in ${file} is ${source}: ${checked.problem}`);
}

/**
 * All params.
 *
 * @param options - `useCache: true` gives what was read before, if anything was
 * @returns the whole object; empty, with a warning, when the file cannot be read, and empty when there is none
 */
export function getAll(options: { useCache?: boolean } = {}): JsonObject {
  const { text, root } = load(paramsFile(), options.useCache ?? false);
  return jsonValue(text, root) as JsonObject;
}

/**
 * The text of all params, as it stands in the file.
 *
 * @returns the text and its nodes; `problem` says why the file gave nothing
 */
export function readParamsText(): JsonText & { file: string; problem?: string } {
  const file = paramsFile();
  return { file, ...read(file) };
}

function load(file: string, useCache: boolean): Loaded {
  const known = useCache ? cache.get(file) : undefined;
  if (known) return known;
  const loaded = read(file);
  if (loaded.problem) warnOnce(`${file} cannot be read: ${loaded.problem}; there are no params`);
  cache.set(file, loaded);
  return loaded;
}

function warnOnce(message: string): void {
  if (!told.has(message)) emitLibraryWarning(message);
  told.add(message);
}

function read(file: string): Loaded {
  const problems: string[] = [];
  const loaded = readJsonText(file, (reason) => problems.push(reason));
  return { ...loaded, ...(problems[0] === undefined ? {} : { problem: problems[0] }) };
}
