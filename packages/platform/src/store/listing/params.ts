import { type InstanceFacts, type JsonText, jsonValue, nodeAt, parseJsonText, strictJsonText, writeJsonText } from "ava-protocol";

/**
 * One param.
 *
 * @param facts - of an instance
 * @param key - levels separated by dots
 * @returns a text as it is, a number or bigint, anything else as JSON text; `undefined` where there is none
 */
export function paramAt(facts: Readonly<InstanceFacts>, key: string): string | number | bigint | undefined {
  const { text, root } = paramsOf(facts);
  const node = nodeAt(root, key);
  const value = node && jsonValue(text, node);
  const isPlain = value === undefined || typeof value === "string" || typeof value === "number" || typeof value === "bigint";
  return isPlain ? value : strictJsonText(text, node!);
}

/** @returns text and nodes of an instance's params; of an empty object where it has none */
export function paramsOf(facts: Readonly<InstanceFacts>): JsonText {
  const known = parsed.get(facts);
  if (known !== undefined) return known;
  const text = facts.paramsText ?? writeJsonText(facts.params ?? {});
  const params = { text, root: parseJsonText(text) };
  parsed.set(facts, params);
  return params;
}

/** Facts are replaced when they change, never changed. */
const parsed = new WeakMap<Readonly<InstanceFacts>, JsonText>();
