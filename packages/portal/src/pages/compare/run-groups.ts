import type { RunGroup } from "../../charts/group-runs.js";
import { fieldTitle } from "../overview/field-text.js";
import { type ComparedFacts, fieldOf } from "./compared-run.js";

const naturally = new Intl.Collator("en", { numeric: true });

/**
 * Puts runs that have the same in some fields together.
 *
 * @param runs - the runs
 * @param fields - as in columns
 * @returns the groups in the order of what they have in common
 */
export function runGroups(runs: readonly ComparedFacts[], fields: readonly string[]): RunGroup[] {
  const groups = new Map<string, { values: (string | undefined)[]; runs: string[] }>();
  for (const run of runs) {
    const values = fields.map((field) => fieldOf(run, field));
    const key = JSON.stringify(values);
    const group = groups.get(key) ?? { values, runs: [] };
    group.runs.push(run.id);
    groups.set(key, group);
  }
  const sorted = [...groups.values()].sort(
    (a, b) => fields.map((_, i) => compare(a.values[i], b.values[i])).find((order) => order !== 0) ?? 0,
  );
  return sorted.map(({ values, runs: members }, slot) => ({
    // Ids of runs begin with a letter or digit.
    key: `#${slot}`,
    title: fields.map((field, i) => `${fieldTitle(field)} ${values[i] ?? "–"}`).join(" · "),
    runs: members,
    slot,
  }));
}

/** Numbers by their size, others as people count them, what is missing last. */
function compare(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return Number(a) - Number(b) || naturally.compare(a, b);
}
