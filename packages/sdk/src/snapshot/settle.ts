import { type FileState, fileState } from "./file-state.js";

/** How settled files are recognised. */
export interface SettleOptions {
  /** Time without a change that counts as settled. Default 2 s: trainers write in one go, network file systems show sizes late. */
  quietMs?: number;
  /** How long a missing file may still come. Default 10 minutes. */
  missingMs?: number;
}

/** What a look at some files gave. */
export interface Look {
  /** They may still come. */
  missing: string[];
  /** They are still written, or were a moment ago. */
  changing: string[];
  /** They have not come for so long that they are not waited for. */
  gone: string[];
  /** They are neither files nor folders. */
  special: string[];
}

const DEFAULT_QUIET_MS = 2_000;
const DEFAULT_MISSING_MS = 600_000;

/** An empty file has to stay so for this many quiet times. */
const EMPTY_FACTOR = 5;

/** Watches files until they have stopped changing. Never waits itself: its caller has other files to look after. */
export class SettleWatch {
  private readonly quietMs: number;
  private readonly missingMs: number;
  private readonly seen = new Map<string, { text: string; sinceMs: number }>();

  /** @param options - how long to look */
  constructor({ quietMs = DEFAULT_QUIET_MS, missingMs = DEFAULT_MISSING_MS }: SettleOptions = {}) {
    this.quietMs = quietMs;
    this.missingMs = missingMs;
  }

  /**
   * Looks at files, which are compared with the last look.
   *
   * @param files - paths of files and folders
   * @returns those that are not settled; none when all are
   */
  async look(files: readonly string[]): Promise<Look> {
    const look: Look = { missing: [], changing: [], gone: [], special: [] };
    for (const file of files) {
      const state = await fileState(file);
      const nowMs = Date.now();
      const text = typeof state === "string" ? state : state.text;
      const known = this.seen.get(file);
      if (known?.text !== text) this.seen.set(file, { text, sinceMs: nowMs });
      const sameMs = known?.text === text ? nowMs - known.sinceMs : 0;
      if (state === "special") look.special.push(file);
      else if (state === "absent") (sameMs < this.missingMs ? look.missing : look.gone).push(file);
      else if (!this.isQuiet(state, sameMs, known === undefined ? nowMs - state.changedMs : 0)) look.changing.push(file);
    }
    return look;
  }

  /** These files are not looked at any more. @param files - paths */
  forget(files: readonly string[]): void {
    for (const file of files) this.seen.delete(file);
  }

  /** The age of a file counts at the first look only: one that changes before our eyes has a clock of its own. */
  private isQuiet({ isEmpty }: FileState, sameMs: number, ageMs: number): boolean {
    return Math.max(sameMs, ageMs) >= (isEmpty ? EMPTY_FACTOR : 1) * this.quietMs;
  }
}
