import { LIMITS } from "ava-protocol";
import { jsonRoot } from "./body.js";
import type { RunRecord } from "./ports.js";
import { RefusedError } from "./refused-error.js";

/** Facts hold the params as text in JSON, and some other facts beside them. */
const MOST_BYTES = LIMITS.factsBytes - 65_536;
/** A control character becomes six. */
const MOST_BYTES_OF_UNIT = 6;

/**
 * Sets members of the params. What is not named keeps every digit; a later member of the same name counts, as in Python.
 *
 * @param text - the params, text of a JSON object
 * @param record - what is set, and where; what is not an object on the way is replaced by one
 * @returns the new text
 */
export function mergeParams(text: string, { within, members }: Omit<Extract<RunRecord, { kind: "params" }>, "kind">): string {
  const all = membersOf(text);
  const [first, ...deeper] = within;
  if (first !== undefined) {
    all.set(first, mergeParams(all.get(first) ?? "{}", { within: deeper, members }));
    return objectText(all);
  }
  for (const [key, value] of members) {
    if (value === undefined) all.delete(key);
    else all.set(key, value);
  }
  return objectText(all);
}

/**
 * Sets members of the params as {@link mergeParams} does, where they stay small enough to be kept: what cannot be kept would be lost, and all that comes behind it.
 *
 * @throws RefusedError `too_large`
 */
export function mergeKeptParams(text: string, record: Parameters<typeof mergeParams>[1]): string {
  const merged = mergeParams(text, record);
  const mayBeLarge = merged.length * MOST_BYTES_OF_UNIT > MOST_BYTES;
  if (mayBeLarge && new TextEncoder().encode(JSON.stringify(merged)).length > MOST_BYTES) {
    throw new RefusedError("too_large", `the params, tags and models of a run would have more than ${MOST_BYTES} bytes: this is not kept`);
  }
  return merged;
}

/** @param text - JSON @returns the texts of its members by name; none for what is not an object @throws RefusedError `invalid` for what is nested too deeply */
export function membersOf(text: string): Map<string, string> {
  const root = jsonRoot(text);
  if (root.kind !== "object") return new Map();
  return new Map(root.members.map(({ key, value }) => [key, text.slice(value.start, value.end)]));
}

/** @param members - JSON texts by name @returns the text of an object of them */
export function objectText(members: ReadonlyMap<string, string>): string {
  return `{${[...members].map(([key, value]) => `${JSON.stringify(key)}: ${value}`).join(", ")}}`;
}
