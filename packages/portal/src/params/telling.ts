import type { Param } from "ava-protocol";

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
