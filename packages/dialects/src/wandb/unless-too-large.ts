import type { RunRecord, Sink } from "../ports.js";
import { RefusedError } from "../refused-error.js";

/**
 * Appends records; those that are too large to be kept are counted and not refused: after a refusal the client begins no run, or sends no more lines of it.
 *
 * @param sink - of the request
 * @param id - of the instance
 * @param records - of one thing
 * @param kind - what is counted
 */
export async function appendUnlessTooLarge(sink: Sink, id: string, records: readonly RunRecord[], kind: string): Promise<void> {
  try {
    await sink.append(id, records);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    sink.passOver(id, kind, 1);
  }
}

/** @param error - any failure @returns whether what came is too large to be kept */
export function isTooLarge(error: unknown): boolean {
  return error instanceof RefusedError && error.kind === "too_large";
}
