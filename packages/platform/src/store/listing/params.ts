import {
  type InstanceFacts,
  type JsonNode,
  type JsonText,
  jsonValue,
  nodeAt,
  parseJsonText,
  strictJsonText,
  textAt,
  writeJsonText,
} from "ava-protocol";

/** A text, a number, anything else as JSON; `undefined` where there is none. */
export type ParamValue = string | number | bigint | undefined;

/**
 * One param.
 *
 * @param facts - of an instance
 * @param key - levels separated by dots
 * @returns a text as it is, a number or bigint, anything else as JSON text; `undefined` where there is none
 */
export function paramAt(facts: Readonly<InstanceFacts>, key: string): ParamValue {
  const { text, root } = paramsOf(facts);
  const node = nodeAt(root, key);
  return node && valueOf(text, node);
}

/** Params of which an instance's values are remembered: those that lists sort by, filter and group by. */
const MAX_REMEMBERED = 8;

/**
 * As {@link paramAt}, for instances that are many: not the nodes of their params are remembered, which take more memory than all else, but values that were asked for.
 *
 * @param known - what was asked for before of these facts
 */
export function rememberedParam(facts: Readonly<InstanceFacts>, known: Map<string, ParamValue>, key: string): ParamValue {
  const before = known.get(key);
  if (before !== undefined || known.has(key)) return before;
  const text = textAt(paramsTextOf(facts), key);
  const value = text === undefined ? undefined : valueOf(text, parseJsonText(text));
  if (known.size >= MAX_REMEMBERED) known.clear();
  known.set(key, value);
  return value;
}

function valueOf(text: string, node: JsonNode): ParamValue {
  const value = jsonValue(text, node);
  const isPlain = typeof value === "string" || typeof value === "number" || typeof value === "bigint";
  return isPlain ? value : strictJsonText(text, node);
}

/** @returns params of an instance as JSON, as they were written; of an empty object where it has none */
export function paramsTextOf(facts: Readonly<InstanceFacts>): string {
  return facts.paramsText ?? writeJsonText(facts.params ?? {});
}

/** @returns text and nodes of an instance's params; of an empty object where it has none */
export function paramsOf(facts: Readonly<InstanceFacts>): JsonText {
  const known = parsed.get(facts);
  if (known !== undefined) return known;
  const text = paramsTextOf(facts);
  const params = { text, root: parseJsonText(text) };
  parsed.set(facts, params);
  return params;
}

/** Facts are replaced when they change, never changed. */
const parsed = new WeakMap<Readonly<InstanceFacts>, JsonText>();
