import {
  type InstanceFacts,
  type InstanceSummary,
  type JsonText,
  jsonValue,
  nodeAt,
  parseJsonText,
  strictJsonText,
  writeJsonText,
} from "ava-protocol";
import { JsonSource } from "../json-source.js";

/**
 * Params as answers carry them: as JSON, and as they were written.
 *
 * @param facts - of an instance; stores of earlier versions have `params`
 * @returns both fields of the answer
 */
export function paramsAnswer(facts: InstanceFacts): Pick<InstanceSummary, "params" | "paramsText"> {
  const { text, root } = paramsOf(facts);
  // It is written out by `stringifyAnswer`, number for number.
  return { params: new JsonSource(strictJsonText(text, root)) as object as Record<string, unknown>, paramsText: text };
}

/**
 * One param.
 *
 * @param facts - of an instance
 * @param key - levels separated by dots
 * @returns a text as it is, a number or bigint, anything else as JSON text; `undefined` where there is none
 */
export function paramAt(facts: InstanceFacts, key: string): string | number | bigint | undefined {
  const { text, root } = paramsOf(facts);
  const node = nodeAt(root, key);
  const value = node && jsonValue(text, node);
  const isPlain = value === undefined || typeof value === "string" || typeof value === "number" || typeof value === "bigint";
  return isPlain ? value : strictJsonText(text, node!);
}

/** @returns text and nodes of an instance's params; of an empty object where it has none */
export function paramsOf(facts: InstanceFacts): JsonText {
  const known = parsed.get(facts);
  if (known !== undefined) return known;
  const text = facts.paramsText ?? writeJsonText(facts.params ?? {});
  const params = { text, root: parseJsonText(text) };
  parsed.set(facts, params);
  return params;
}

/** Facts are replaced when they change, never changed. */
const parsed = new WeakMap<InstanceFacts, JsonText>();
