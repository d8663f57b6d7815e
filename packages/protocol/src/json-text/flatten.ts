import type { JsonNode } from "./node.js";
import { parseJsonText } from "./parse.js";
import { strictJsonText } from "./value.js";

/** One param with its whole path: `optimizer.lr`. */
export interface Param {
  path: string;
  value: string;
}

/**
 * Lays nested params out flat, numbers with the digits they were written with. Lists of plain values stay together, empty lists and objects keep
 * their place.
 *
 * @param text - as the run recorded them
 * @param root - of the text, where it is parsed already
 * @returns the params in their order
 */
export function flattenParams(text: string, root: JsonNode = parseJsonText(text)): Param[] {
  const flat: Param[] = [];
  const visit = (path: string, node: JsonNode): void => {
    const children = childrenOf(node);
    const isPlainList = node.kind === "array" && node.items.every((item) => item.kind !== "object" && item.kind !== "array");
    if (children.length === 0 || isPlainList) {
      const value =
        node.kind === "string" ? node.value : node.kind === "number" ? text.slice(node.start, node.end) : strictJsonText(text, node);
      flat.push({ path, value });
      return;
    }
    for (const [key, child] of children) visit(path === "" ? key : `${path}.${key}`, child);
  };
  if (childrenOf(root).length > 0) visit("", root);
  return flat;
}

function childrenOf(node: JsonNode): [key: string, child: JsonNode][] {
  if (node.kind === "object") return node.members.map(({ key, value }) => [key, value]);
  return node.kind === "array" ? node.items.map((item, index) => [String(index), item]) : [];
}
