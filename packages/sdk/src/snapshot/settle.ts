import { stat } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";

/** How settled files are recognised. */
export interface SettleOptions {
  /** Time without a change that counts as settled. Default 2 s: trainers write in one go, network file systems show sizes late. */
  quietMs?: number;
  /** Longest wait. Default 10 minutes. */
  timeoutMs?: number;
  /** Whether whoever writes the files has ended: what is missing then will not come any more. */
  isWriterGone?: () => boolean;
  signal?: AbortSignal;
}

/** Files that did not settle. */
export interface Unsettled {
  missing: string[];
  changing: string[];
}

/**
 * Waits until files are there and have stopped changing.
 *
 * @param files - paths
 * @param options - how long to look
 * @returns the files that never settled; none when all did
 */
export async function waitUntilSettled(files: readonly string[], options: SettleOptions = {}): Promise<Unsettled> {
  const { quietMs = 2_000, timeoutMs = 600_000, isWriterGone, signal } = options;
  const deadlineMs = Date.now() + timeoutMs;
  const lastChange = new Map<string, { state: string; sinceMs: number }>();
  for (;;) {
    const nowMs = Date.now();
    const missing: string[] = [];
    const changing: string[] = [];
    const isLastLook = isWriterGone?.() ?? false;
    for (const file of files) {
      const state = await stateOf(file);
      const known = lastChange.get(file);
      if (known?.state !== state) lastChange.set(file, { state, sinceMs: nowMs });
      // An empty file is mostly one that was only just made; some are meant to be empty.
      const neededMs = state.startsWith("0 ") ? 5 * quietMs : quietMs;
      if (state === ABSENT) missing.push(file);
      else if (known?.state !== state || nowMs - known.sinceMs < neededMs) changing.push(file);
    }
    const isHopeless = isLastLook && missing.length > 0;
    if (missing.length + changing.length === 0 || isHopeless || nowMs > deadlineMs || signal?.aborted) return { missing, changing };
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
