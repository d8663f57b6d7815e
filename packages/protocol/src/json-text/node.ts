/** A value in a JSON text, with the place where it stands: `text.slice(start, end)` is the value as it was written. */
export type JsonNode = { start: number; end: number } & (
  | { kind: "object"; members: JsonMember[] }
  | { kind: "array"; items: JsonNode[] }
  | { kind: "string"; value: string }
  | { kind: "number" }
  | { kind: "literal"; value: boolean | null }
);

/** One member of an object; of several with the same key, the last one counts, as for `JSON.parse` and Python. */
export interface JsonMember {
  key: string;
  /** Where the key's quotation mark stands. */
  start: number;
  value: JsonNode;
}

/** A JSON text that was parsed. */
export interface JsonText {
  text: string;
  root: JsonNode;
}

/** A text is not JSON. */
export class JsonTextError extends Error {
  /** Offset of the wrong character, in UTF-16 units. */
  readonly offset: number;

  /** @param text - the whole text @param offset - of the wrong character @param problem - what is wrong there */
  constructor(text: string, offset: number, problem: string) {
    const before = text.slice(0, offset).split("\n");
    super(`line ${before.length}, column ${before.at(-1)!.length + 1}: ${problem}`);
    this.name = "JsonTextError";
    this.offset = offset;
  }
}

/**
 * Finds the node of a dotted key: `solverOps.stepvalue.0`. A key that contains dots itself is found when it is written out at its level
 * (`{"a.b": 1}` answers `a.b`); arrays take indices.
 *
 * @param root - node to look below
 * @param key - dotted key
 * @returns the node; `undefined` when there is no such key
 */
export function nodeAt(root: JsonNode, key: string): JsonNode | undefined {
  const own = childOf(root, key);
  if (own) return own;
  for (let dot = key.indexOf("."); dot >= 0; dot = key.indexOf(".", dot + 1)) {
    const first = childOf(root, key.slice(0, dot));
    const found = first && nodeAt(first, key.slice(dot + 1));
    if (found) return found;
  }
  return undefined;
}

/** @returns the value of one member or item */
export function childOf(node: JsonNode, key: string): JsonNode | undefined {
  if (node.kind === "object") return node.members.findLast((member) => member.key === key)?.value;
  if (node.kind === "array" && /^(0|[1-9]\d*)$/.test(key)) return node.items[Number(key)];
  return undefined;
}
