import type { Labels } from "ava-protocol";
import { asObject, parseLenient } from "../body.js";
import type { RunRecord } from "../ports.js";
import { nsOfSeconds } from "../seconds.js";
import { type StepMetrics, stepMetricOf } from "./run.js";

/** What the client adds to each line. */
const ADDED: ReadonlySet<string> = new Set(["_step", "_runtime", "_timestamp", "_wandb"]);
const NOT_FINITE: ReadonlySet<string> = new Set(["NaN", "Infinity", "-Infinity"]);
/** What of one is nested deeper is not a metric. */
const MOST_DEPTH = 10;

/** What a line of a file holds. */
export interface Line {
  records: RunRecord[];
  /** Values that are not numbers, by kind. */
  passedOver: Map<string, number>;
}

/** @param text - one line of the history @param steps - x axes that `define_metric` told @returns its points; none for a line that is not JSON, which is counted */
export function historyLine(text: string, steps: StepMetrics): Line {
  const row = rowOf(text);
  if (!row) return { records: [], passedOver: new Map([["damaged lines", 1]]) };
  const { values, passedOver } = flatten(row);
  const timeNs = nsOfSeconds(Number(row["_timestamp"] ?? 0));
  const ownStep = Number(row["_step"] ?? 0);
  const groups = new Map<number, { series: { name: string; labels: Labels }[]; values: number[] }>();
  for (const [name, value] of values) {
    const axis = stepMetricOf(steps, name);
    const step = (axis === undefined ? undefined : values.get(axis)) ?? ownStep;
    const group = groups.get(step) ?? { series: [], values: [] };
    groups.set(step, group);
    group.series.push({ name, labels: {} });
    group.values.push(value);
  }
  return { records: [...groups].map(([step, group]) => ({ kind: "points", step, timeNs, ...group })), passedOver };
}

/** @param text - one line of the system events @returns its points: `system.cpu` is the series `system/cpu` with the label `source: wandb`, its step are seconds */
export function eventsLine(text: string): Line {
  const row = rowOf(text);
  if (!row) return { records: [], passedOver: new Map([["damaged lines", 1]]) };
  const { values, passedOver } = flatten(row);
  const series = [...values.keys()].map((name) => ({ name: name.replace(/^system\./, "system/"), labels: { source: "wandb" } }));
  if (series.length === 0) return { records: [], passedOver };
  const step = Number(row["_runtime"] ?? 0);
  return {
    records: [{ kind: "points", series, step, timeNs: nsOfSeconds(Number(row["_timestamp"] ?? 0)), values: [...values.values()] }],
    passedOver,
  };
}

/** @param value - of a JSON text @returns the number that it is: true and false are 1 and 0; `undefined` for what is not a number */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "bigint" || typeof value === "boolean") return Number(value);
  return typeof value === "string" && NOT_FINITE.has(value) ? Number(value) : undefined;
}

function rowOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return asObject(parseLenient(text));
  } catch {
    // What is not JSON is counted; the lines behind it are good.
    return undefined;
  }
}

function flatten(row: Readonly<Record<string, unknown>>): { values: Map<string, number>; passedOver: Map<string, number> } {
  const values = new Map<string, number>();
  const passedOver = new Map<string, number>();
  const visit = (prefix: string, members: Readonly<Record<string, unknown>>, depth: number) => {
    for (const [key, value] of Object.entries(members)) {
      if (depth === 0 && ADDED.has(key)) continue;
      const number = numberOf(value);
      const inner = number === undefined ? asObject(value) : undefined;
      if (number !== undefined) values.set(prefix + key, number);
      else if (inner && inner["_type"] === undefined && depth < MOST_DEPTH) visit(`${prefix}${key}.`, inner, depth + 1);
      else if (value !== null) count(passedOver, inner ? "media" : typeof value === "string" ? "texts" : "lists");
    }
  };
  visit("", row, 0);
  return { values, passedOver };
}

function count(counts: Map<string, number>, kind: string): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}
