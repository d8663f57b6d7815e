import { edgeGroups } from "../../levels/runs.js";
import type { Window } from "../../levels/series.js";
import type { ReadChunk } from "./chunk-cache.js";
import type { PlacedChunk } from "./overview.js";
import { areEdgesWhole, type ChunkKey, type EdgeBytes, evenSteps } from "./packed-chunk.js";

/** Groups of a chunk from which on all of it is read. */
const MOST_GROUPS = 8;

/** @returns groups of values that filling the buckets of a window reads of a chunk, beside levels; `undefined` where all of the chunk is to be read */
export function groupsToRead({ head, shape }: PlacedChunk, window: Window): number[] | undefined {
  if (window.axis !== "step" || !shape.hasEvenSteps || shape.valueBytes === 0) return undefined;
  const { base, stride } = evenSteps(head);
  // With less than a point for each bucket they will be asked for as they are.
  if (stride * window.buckets > window.to - window.from) return undefined;
  const groups = edgeGroups(head, (row) => (stride === 0 ? base : base + row * stride), window);
  return groups.length > MOST_GROUPS ? undefined : groups;
}

/** @returns whether edges are known to be all that a window needs */
export function areOf(edges: EdgeBytes | undefined, { axis, from, to, buckets }: Window): edges is EdgeBytes {
  const of = edges?.window;
  return of !== undefined && of.from === from && of.to === to && of.buckets === buckets && of.axis === axis;
}

/** @returns whether edges have all groups that a window needs; remembers it */
export function haveAll(edges: EdgeBytes | undefined, groups: readonly number[], window: Window): edges is EdgeBytes {
  if (edges === undefined || newGroups(groups, edges).length > 0) return false;
  edges.window = window;
  return true;
}

/** @returns groups that are not known yet */
export function newGroups(groups: readonly number[], before: EdgeBytes | undefined): readonly number[] {
  return before === undefined ? groups : groups.filter((group) => !before.groups.includes(group));
}

/**
 * Takes edges that were read.
 *
 * @param groups - those that were not known before
 * @param found - levels and these groups, from number `at` on
 * @param window - that needs them
 * @returns edges, with those that were known before; `undefined` where they are not whole
 */
export function takeEdges(
  key: ChunkKey,
  { head, shape }: PlacedChunk,
  groups: readonly number[],
  found: readonly (Uint8Array | undefined)[],
  at: number,
  before: EdgeBytes | undefined,
  window: Window | undefined,
): ReadChunk | undefined {
  const levels = found[at];
  const values = found.slice(at + 1, at + 1 + groups.length);
  if (levels === undefined || !areThere(values)) return undefined;
  const edges: EdgeBytes = { levels, groups, values, window };
  if (before !== undefined) {
    edges.groups = [...before.groups, ...groups];
    edges.values = [...before.values, ...values];
  }
  return areEdgesWhole(key, head, shape, edges) ? { edges, bytes: levels.length + edges.groups.length * 512 } : undefined;
}

function areThere(parts: (Uint8Array | undefined)[]): parts is Uint8Array[] {
  return !parts.includes(undefined);
}
