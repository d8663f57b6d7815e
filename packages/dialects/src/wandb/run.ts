import { DEFAULT_TRAINING } from "ava-protocol";
import { asObject } from "../body.js";
import { trainingName } from "../names.js";
import { membersOf } from "../params-text.js";
import type { Read, RunKey, RunView } from "../ports.js";
import { RefusedError } from "../refused-error.js";

/** Name of this dialect. */
export const WANDB = "wandb";
/** Member of the params for what wandb alone has of a run; wandb keeps the name free itself. */
export const OWN = "_wandb";
/** The entity of every run: AVA has no accounts. */
export const ENTITY = "ava";
/** What the client calls a project that it was not told. */
const NO_PROJECT = "uncategorized";
/** Files of a run whose lines the client counts. */
export const FILES = {
  history: "wandb-history.jsonl",
  events: "wandb-events.jsonl",
  summary: "wandb-summary.json",
  output: "output.log",
} as const;

/** @param project - of the client @param run - its id of the run @returns the run */
export function keyOf(project: string, run: string): RunKey {
  return { dialect: WANDB, training: project === NO_PROJECT || project === "" ? DEFAULT_TRAINING : trainingName(project), run };
}

/** @param read - of the request @param project - of the client @param run - its id of the run @returns the run @throws RefusedError `absent` */
export async function viewOf(read: Read, project: string, run: string): Promise<RunView> {
  const id = await read.find(keyOf(project, run));
  const view = id === undefined ? undefined : await read.run(id);
  if (!view) throw new RefusedError("absent", `there is no run ${run} in the project ${project}`);
  return view;
}

/** @param view - a run @returns members of {@link OWN}, JSON texts by name */
export function ownOf({ facts }: RunView): Map<string, string> {
  return membersOf(membersOf(facts.paramsText ?? "{}").get(OWN) ?? "{}");
}

/** @param view - a run @param name - of a member of {@link OWN} @returns its value */
export function ownValue(view: RunView, name: string): unknown {
  const text = ownOf(view).get(name);
  return text === undefined ? undefined : JSON.parse(text);
}

/** @param value - of any type @returns it, where it is text that is not empty */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The metric whose value is the place on the x axis, by name of a metric or by pattern (`train/*`). */
export type StepMetrics = ReadonlyMap<string, string>;

/** @param view - a run @returns what `define_metric` told */
export function stepMetricsOf(view: RunView): StepMetrics {
  const told = asObject(ownValue(view, "step_metrics")) ?? {};
  return new Map(Object.entries(told).filter((pair): pair is [string, string] => typeof pair[1] === "string"));
}

/** @param metrics - of a run @param name - of a metric @returns the metric that is its x axis */
export function stepMetricOf(metrics: StepMetrics, name: string): string | undefined {
  const exact = metrics.get(name);
  if (exact !== undefined || metrics.size === 0) return exact;
  // As the client's globs: `*` at the end.
  const globs = [...metrics].filter(([pattern]) => pattern.endsWith("*") && name.startsWith(pattern.slice(0, -1)));
  const [longest] = globs.sort(([a], [b]) => b.length - a.length);
  return longest?.[1] === name ? undefined : longest?.[1];
}
