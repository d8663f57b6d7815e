import { asObject, jsonRoot, parseLenient } from "../body.js";
import type { RunRecord } from "../ports.js";
import { OWN } from "./run.js";

/**
 * Turns the config of a run into params: `{"lr": {"value": 0.10}}` sets `lr` to `0.10`, digit for digit.
 *
 * @param text - JSON text as the client writes it
 * @returns what it sets; the client's own member `_wandb` gives only the x axes of `define_metric`
 * @throws RefusedError `invalid`
 */
export function configRecords(text: string): RunRecord[] {
  const root = jsonRoot(text);
  if (root.kind !== "object") return [];
  const members = new Map<string, string>();
  let own: string | undefined;
  for (const { key, value } of root.members) {
    const inner = value.kind === "object" ? value.members.findLast((member) => member.key === "value")?.value : undefined;
    const source = text.slice((inner ?? value).start, (inner ?? value).end);
    if (key === OWN) own = source;
    else members.set(key, source);
  }
  const steps = own === undefined ? [] : stepMetrics(parseLenient(own));
  return [
    ...(members.size === 0 ? [] : [{ kind: "params", within: [], members } satisfies RunRecord]),
    ...(steps.length === 0 ? [] : [{ kind: "params", within: [OWN, "step_metrics"], members: new Map(steps) } satisfies RunRecord]),
  ];
}

/** Metrics with the numbers of their fields: 1 name, 2 glob, 4 name of the step metric, 5 its place in the list, from 1. */
function stepMetrics(own: unknown): [string, string][] {
  const told = asObject(own)?.["m"];
  const metrics = Array.isArray(told) ? told.map((metric) => asObject(metric) ?? {}) : [];
  return metrics.flatMap(({ "1": name, "2": glob, "4": step, "5": place }) => {
    const metric = name ?? glob;
    const axis = step ?? metrics[Number(place) - 1]?.["1"];
    return typeof metric === "string" && typeof axis === "string" ? [[metric, JSON.stringify(axis)] as [string, string]] : [];
  });
}
