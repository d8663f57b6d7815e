import type { RunRecord, Sink } from "./ports.js";
import { RefusedError } from "./refused-error.js";

type Member = readonly [key: string, text: string | undefined];

/**
 * Appends records; those that are too large to be kept are counted and not refused: after a refusal a client begins no run, sends no more of it, or raises an error
 * in the program.
 *
 * @param sink - of the request
 * @param id - of the instance
 * @param records - of one thing
 * @param kind - what is counted
 */
export async function appendUnlessTooLarge(sink: Sink, id: string, records: readonly RunRecord[], kind: string): Promise<void> {
  if (!(await isAppended(sink, id, records))) sink.passOver(id, kind, 1);
}

/**
 * Appends records; where they are too large together, of the members of params those that have room, the smallest first. The others are counted.
 *
 * @param sink - of the request
 * @param id - of the instance
 * @param records - of which each may be kept without the others
 * @param kind - what is counted, of each member one
 */
export async function appendFitting(sink: Sink, id: string, records: readonly RunRecord[], kind: string): Promise<void> {
  if (await isAppended(sink, id, records)) return;
  for (const record of records) {
    if (record.kind !== "params") {
      await sink.append(id, [record]);
      continue;
    }
    const smallestFirst = [...record.members].toSorted(([, a = ""], [, b = ""]) => a.length - b.length);
    const kept = await keepFirst(smallestFirst, (members) => isAppended(sink, id, [{ ...record, members: new Map(members) }]));
    if (kept < smallestFirst.length) sink.passOver(id, kind, smallestFirst.length - kept);
  }
}

/** @returns how many from the first on are kept */
async function keepFirst(members: readonly Member[], keep: (members: readonly Member[]) => Promise<boolean>): Promise<number> {
  if (await keep(members)) return members.length;
  if (members.length < 2) return 0;
  const half = Math.floor(members.length / 2);
  const kept = await keepFirst(members.slice(0, half), keep);
  return kept < half ? kept : half + (await keepFirst(members.slice(half), keep));
}

async function isAppended(sink: Sink, id: string, records: readonly RunRecord[]): Promise<boolean> {
  try {
    await sink.append(id, records);
    return true;
  } catch (error) {
    if (isTooLarge(error)) return false;
    throw error;
  }
}

/** @param error - any failure @returns whether what came is too large to be kept */
export function isTooLarge(error: unknown): boolean {
  return error instanceof RefusedError && error.kind === "too_large";
}
