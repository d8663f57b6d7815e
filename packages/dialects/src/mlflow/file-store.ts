import type { InstanceFacts } from "ava-protocol";
import type { RunKey, RunRecord } from "../ports.js";
import { nsOfMs } from "../seconds.js";
import { MLFLOW, trainingOf } from "./names.js";
import { recordsOfParams, statusFacts, tagRecords } from "./run-words.js";

/** Numbers of `RunStatus`, as files have it. */
const STATUSES: readonly string[] = ["", "RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"];
const NOT_FINITE: ReadonlyMap<string, number> = new Map([
  ["nan", Number.NaN],
  ["inf", Number.POSITIVE_INFINITY],
  ["-inf", Number.NEGATIVE_INFINITY],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

/** What the files of a run say, but for its metrics. */
export interface StoredRun {
  /** Of the run and of its experiment: `meta.yaml`. */
  meta: ReadonlyMap<string, string>;
  experiment: ReadonlyMap<string, string>;
  /** Contents by name. */
  params: ReadonlyMap<string, string>;
  tags: ReadonlyMap<string, string>;
}

/**
 * Reads a `meta.yaml`: names and values, a line each; a long value goes on in lines that begin with a space.
 *
 * @param text - of the file
 * @returns values by name; lists and `null` are left out
 */
export function parseMeta(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.replaceAll(/\r?\n +/g, " ").split(/\r?\n/)) {
    const [, name, value = ""] = /^([A-Za-z_]\w*): *(.*?) *$/.exec(line) ?? [];
    const plain = name === undefined ? undefined : scalarOf(value);
    if (name !== undefined && plain !== undefined) found.set(name, plain);
  }
  return found;
}

function scalarOf(value: string): string | undefined {
  if (value.startsWith("'")) return value.slice(1, value.endsWith("'") ? -1 : undefined).replaceAll("''", "'");
  if (value.startsWith('"')) return unescaped(value.slice(1, value.endsWith('"') ? -1 : undefined));
  return value === "null" || value === "~" || value.startsWith("[") || value.startsWith("{") ? undefined : value;
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([^]))/g, (_, x, u, long, char: string) => {
    const code = (x ?? u ?? long) as string | undefined;
    if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
    return { n: "\n", t: "\t", r: "\r", "0": "\0" }[char] ?? char;
  });
}

/** @param run - of a file store @returns its key, the same as through the tap */
export function storedKey({ meta, experiment }: Pick<StoredRun, "meta" | "experiment">): RunKey & { run: string } {
  return { dialect: MLFLOW, training: trainingOf(experiment.get("name") ?? ""), run: meta.get("run_id") ?? meta.get("run_uuid") ?? "" };
}

/** @param run - of a file store @returns its facts, params and tags */
export function storedRecords({ meta, experiment, params, tags }: StoredRun): RunRecord[] {
  const own = {
    experiment_id: meta.get("experiment_id") ?? experiment.get("experiment_id") ?? "0",
    experiment: experiment.get("name") ?? "",
    user: meta.get("user_id") ?? "",
  };
  const [status = "", endMs] = [meta.get("status"), msOf(meta.get("end_time"))];
  const named = new Map(meta.get("run_name") ? [["mlflow.runName", meta.get("run_name") as string]] : []);
  const start = msOf(meta.get("start_time"));
  const facts: InstanceFacts = {
    ...statusFacts(STATUSES[Number(status)] || (status !== "" && STATUSES.includes(status) ? status : "RUNNING"), endMs),
    ...(start === undefined ? {} : { startTime: new Date(start).toISOString() }),
  };
  return [
    { kind: "facts", facts },
    ...recordsOfParams(params),
    { kind: "params", within: [MLFLOW], members: new Map(Object.entries(own).map(([key, value]) => [key, JSON.stringify(value)])) },
    ...tagRecords([...new Map([...named, ...tags])].map(([key, value]) => ({ key, value }))),
  ];
}

function msOf(text: string | undefined): number | undefined {
  const value = Number(text);
  return text === undefined || text === "" || !Number.isSafeInteger(value) || Math.abs(value) > 8.64e15 ? undefined : value;
}

/**
 * @param name - of the metric
 * @param line - of its file: time in ms, value, step, and of some versions data set, digest and model
 * @returns the point; `undefined` for what is not one
 */
export function storedPoint(name: string, line: string): RunRecord | undefined {
  const [timeText = "", valueText = "", stepText = "0", dataset, digest, model] = line.trim().split(" ");
  const [timeMs, value, step] = [Number(timeText), NOT_FINITE.get(valueText) ?? Number(valueText), Number(stepText)];
  const isNumber = valueText !== "" && (NOT_FINITE.has(valueText) || !Number.isNaN(value));
  if (timeText === "" || !Number.isSafeInteger(timeMs) || !isNumber || !Number.isFinite(step)) return undefined;
  const labels = Object.fromEntries(
    Object.entries({ model, dataset, digest }).filter((pair): pair is [string, string] => Boolean(pair[1])),
  );
  return { kind: "points", series: [{ name, labels }], step, timeNs: nsOfMs(timeMs), values: [value] };
}
