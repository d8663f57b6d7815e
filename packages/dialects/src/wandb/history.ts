import type { Labels } from "ava-protocol";
import { asObject, parseLenient } from "../body.js";
import type { RunRecord } from "../ports.js";
import { nsOfSeconds } from "../seconds.js";
import { flatten } from "../values.js";
import { type StepMetrics, stepMetricOf } from "./run.js";

/** What the client adds to each line. */
const ADDED: ReadonlySet<string> = new Set(["_step", "_runtime", "_timestamp", "_wandb"]);

/** What a line of a file holds. */
export interface Line {
  records: RunRecord[];
  /** Step and time of a row that says when it was logged. */
  place?: readonly number[];
  /** Values that are not numbers, by kind. */
  passedOver: Map<string, number>;
}

/** @param text - one line of the history @param steps - x axes that `define_metric` told @returns its points; none for a line that is not JSON, which is counted */
export function historyLine(text: string, steps: StepMetrics): Line {
  const row = rowOf(text);
  if (!row) return { records: [], passedOver: new Map([["damaged lines", 1]]) };
  const { values, passedOver } = flatten(row, ADDED);
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
  const records = [...groups].map(([step, group]) => ({ kind: "points" as const, step, timeNs, ...group }));
  return { records, passedOver, ...(row["_timestamp"] === undefined ? {} : { place: [ownStep, Number(timeNs)] }) };
}

/** @param text - one line of the system events @returns its points: `system.cpu` is the series `system/cpu` with the label `source: wandb`, its step are seconds */
export function eventsLine(text: string): Line {
  const row = rowOf(text);
  if (!row) return { records: [], passedOver: new Map([["damaged lines", 1]]) };
  const { values, passedOver } = flatten(row, ADDED);
  const series = [...values.keys()].map((name) => ({ name: name.replace(/^system\./, "system/"), labels: { source: "wandb" } }));
  if (series.length === 0) return { records: [], passedOver };
  const step = Number(row["_runtime"] ?? 0);
  return {
    records: [{ kind: "points", series, step, timeNs: nsOfSeconds(Number(row["_timestamp"] ?? 0)), values: [...values.values()] }],
    passedOver,
  };
}

function rowOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return asObject(parseLenient(text));
  } catch {
    // What is not JSON is counted; the lines behind it are good.
    return undefined;
  }
}
