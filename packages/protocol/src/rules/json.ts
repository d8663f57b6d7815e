import { LIMITS } from "../limits.js";

/**
 * Says whether a JSON value is nested too deep to be kept: writing it out again is recursive, here and in most readers.
 *
 * @param value - what was parsed, or is to be written; also one that contains itself
 * @returns the reason, as a sentence without its end; `undefined` when it can be kept
 */
export function whyTooDeep(value: unknown): string | undefined {
  let level = new Set<object>(isNested(value) ? [value] : []);
  for (let depth = 1; level.size > 0; depth++) {
    if (depth > LIMITS.jsonDepth) return `objects and arrays are nested more than ${LIMITS.jsonDepth} levels deep`;
    const below = new Set<object>();
    for (const outer of level) for (const inner of Object.values(outer)) if (isNested(inner)) below.add(inner);
    level = below;
  }
  return undefined;
}

/** Bytes are a body that is not JSON. */
function isNested(value: unknown): value is object {
  return typeof value === "object" && value !== null && !ArrayBuffer.isView(value);
}
