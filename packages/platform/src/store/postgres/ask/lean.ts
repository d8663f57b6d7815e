import type { InstanceHead } from "../../contract/instance.js";
import type { Field } from "../../contract/list.js";
import { valueOf } from "../../listing/candidate.js";
import type { LightRow } from "./light.js";

/** Facts that a light row does not have, and lists sort or group by. */
const MORE_FACTS: readonly (keyof InstanceHead["facts"])[] = ["name", "host", "tags"];

/**
 * @param row - with all its facts, where fields need them
 * @param shown - fields that are looked at from now on
 * @returns the row itself where its facts are remembered; else one with what the fields need of them: the whole facts of all that a list finds may not fit into memory
 */
export function lean(row: LightRow, shown: readonly Field[], lostBeforeMs: number): LightRow {
  if (row.has === "row") return row;
  // Params are looked up in slices, and remembered: sorting does not stop for them.
  for (const field of shown) if (field.kind === "param") valueOf(row, field, lostBeforeMs);
  if (row.has === "all") return row;
  const { state, startTime, stopTime } = row.facts;
  const facts: Record<string, unknown> = {
    state,
    ...(startTime === undefined ? {} : { startTime }),
    ...(stopTime === undefined ? {} : { stopTime }),
  };
  for (const name of MORE_FACTS) if (row.facts[name] !== undefined) facts[name] = row.facts[name];
  return { ...row, facts: facts as InstanceHead["facts"], has: "row" };
}
