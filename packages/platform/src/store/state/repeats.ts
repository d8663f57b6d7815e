import { createHash } from "node:crypto";
import type { Instance } from "./instance.js";

/** Bodies whose sums are remembered at most. */
const RECENT_BODIES = 256;

/** A body that comes again this soon is the same report: the old client tries three times within a second and a half, and its times are whole seconds. */
const REPEATED_WITHIN_MS = 2000;

/**
 * @param instance - an instance
 * @param body - line protocol
 * @returns whether it is one that came a moment ago
 */
export function isRepeated({ recentBodies }: Instance, body: Uint8Array, atMs: number): boolean {
  const sum = bodySum(body);
  return recentBodies.some((recent) => recent.sum === sum && atMs - recent.atMs < REPEATED_WITHIN_MS);
}

/** Remembers a body of line protocol that was taken. */
export function rememberBody(instance: Instance, body: Uint8Array, atMs: number): void {
  const recent = instance.recentBodies.filter((other) => atMs - other.atMs < REPEATED_WITHIN_MS);
  instance.recentBodies = [...recent, { sum: bodySum(body), atMs }].slice(-RECENT_BODIES);
}

/** @returns a sum that is equal for equal bodies */
function bodySum(body: Uint8Array): string {
  return createHash("sha1").update(body).digest("base64").slice(0, 16);
}
