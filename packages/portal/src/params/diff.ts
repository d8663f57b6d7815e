import { flattenParams } from "ava-protocol";

/** A param that differs; a side that does not have it is absent. */
export interface ParamChange {
  path: string;
  before?: string;
  after?: string;
}

/**
 * @param before - text of params
 * @param after - text of others
 * @returns the params that differ, as they are written, in the order of the later ones; those that went at the end
 */
export function diffParams(before: string, after: string): ParamChange[] {
  const old = new Map(flattenParams(before).map(({ path, value }) => [path, value]));
  const changes: ParamChange[] = [];
  for (const { path, value } of flattenParams(after)) {
    const known = old.get(path);
    old.delete(path);
    if (known !== value) changes.push({ path, ...(known === undefined ? {} : { before: known }), after: value });
  }
  return [...changes, ...[...old].map(([path, value]) => ({ path, before: value }))];
}
