import { type JsonNode, parseJsonText, strictJsonText } from "ava-protocol";

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
 * @returns the params in their order
 */
export function flattenParams(text: string): Param[] {
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
  const root = parseJsonText(text);
  if (childrenOf(root).length > 0) visit("", root);
  return flat;
}

function childrenOf(node: JsonNode): [key: string, child: JsonNode][] {
  if (node.kind === "object") return node.members.map(({ key, value }) => [key, value]);
  return node.kind === "array" ? node.items.map((item, index) => [String(index), item]) : [];
}

/**
 * Finds the params that tell runs apart.
 *
 * @param allRuns - flat params of each run; those without any say nothing
 * @returns paths whose values differ or are absent in some runs, those that most runs have first; all paths when there is one run
 */
export function tellingParams(allRuns: readonly (readonly Param[])[]): string[] {
  const runs = allRuns.filter((run) => run.length > 0);
  const values = new Map<string, Map<string, number>>();
  for (const run of runs) {
    for (const { path, value } of run) {
      const seen = values.get(path) ?? new Map<string, number>();
      seen.set(value, (seen.get(value) ?? 0) + 1);
      values.set(path, seen);
    }
  }
  const uses = (path: string): number => [...values.get(path)!.values()].reduce((sum, count) => sum + count, 0);
  return [...values.keys()]
    .filter((path) => runs.length < 2 || values.get(path)!.size > 1 || uses(path) < runs.length)
    .sort((a, b) => uses(b) - uses(a));
}
