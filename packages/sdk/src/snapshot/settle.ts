import { stat } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";

/** How settled files are recognised. */
export interface SettleOptions {
  /** Time without a change that counts as settled. Default 2 s: trainers write in one go, network file systems show sizes late. */
  quietMs?: number;
  /** Longest wait. Default 10 minutes. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/**
 * Waits until files are there and have stopped changing.
 *
 * @param files - paths
 * @param options - how long to look
 * @returns the files that never settled; empty when all did
 */
export async function waitUntilSettled(files: readonly string[], options: SettleOptions = {}): Promise<string[]> {
  const { quietMs = 2_000, timeoutMs = 600_000, signal } = options;
  const deadlineMs = Date.now() + timeoutMs;
  const lastChange = new Map<string, { state: string; sinceMs: number }>();
  for (;;) {
    const nowMs = Date.now();
    const unsettled: string[] = [];
    for (const file of files) {
      const state = await stateOf(file);
      const known = lastChange.get(file);
      if (known?.state !== state) lastChange.set(file, { state, sinceMs: nowMs });
      // An empty file is mostly one that was only just made; some are meant to be empty.
      const neededMs = state.startsWith("0 ") ? 5 * quietMs : quietMs;
      if (state === ABSENT || known?.state !== state || nowMs - known.sinceMs < neededMs) unsettled.push(file);
    }
    if (unsettled.length === 0 || nowMs > deadlineMs || signal?.aborted) return unsettled;
    // Aborted means: look once more, then answer.
    await wait(Math.max(10, quietMs / 4), undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}

const ABSENT = "absent";

async function stateOf(file: string): Promise<string> {
  try {
    const { size, mtimeMs } = await stat(file);
    return `${size} ${mtimeMs}`;
  } catch {
    // Not there yet, or replaced at this very moment.
    return ABSENT;
  }
}
