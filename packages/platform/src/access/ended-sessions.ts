import { existsSync, readFileSync } from "node:fs";
import { systemCode } from "../error.js";
import { writePrivateFile } from "./token-file.js";

/** Life of a session, in seconds: a month. */
export const SESSION_SECONDS: number = 30 * 24 * 3600;

/** Sessions that were logged out and have not expired, at most; one more ends all that there are. */
const MAX_ENDED = 10_000;

/** Knows which sessions were logged out. */
export interface EndedSessions {
  /** @param id - of a session @param startS - when it began, in seconds since 1970 */
  has(id: string, startS: number): boolean;
  /** Ends a session for good. */
  add(id: string, startS: number): Promise<void>;
}

/** What is known of ended sessions, as it is kept. */
interface Ended {
  /** Sessions that began at or before this time have ended, in seconds since 1970. */
  untilS: number;
  /** Start of each session that was logged out, in seconds since 1970, by id. */
  ids: Record<string, number>;
}

/** Ended sessions of one process, in a file. */
export class EndedSessionsFile implements EndedSessions {
  private readonly path: string;
  private readonly now: () => number;
  private readonly warn: (message: string) => void;
  private ended: Ended;

  /**
   * @param path - of the file
   * @param now - milliseconds since 1970
   * @param warn - told when a logout cannot be kept
   */
  constructor(path: string, now: () => number, warn: (message: string) => void) {
    this.path = path;
    this.now = now;
    this.warn = warn;
    this.ended = readEnded(path, this.nowS);
  }

  has(id: string, startS: number): boolean {
    return startS <= this.ended.untilS || Object.hasOwn(this.ended.ids, id);
  }

  async add(id: string, startS: number): Promise<void> {
    const alive = Object.entries(this.ended.ids).filter(([, start]) => start + SESSION_SECONDS > this.nowS);
    const ids = { ...Object.fromEntries(alive), [id]: startS };
    this.ended = Object.keys(ids).length > MAX_ENDED ? { untilS: this.nowS, ids: {} } : { ...this.ended, ids };
    try {
      writePrivateFile(this.path, JSON.stringify(this.ended));
    } catch (error) {
      this.warn(`${this.path} cannot be written (${systemCode(error) ?? String(error)}): the logout holds until the platform ends.`);
    }
  }

  private get nowS(): number {
    return Math.floor(this.now() / 1000);
  }
}

/** A file that cannot be read must not revive sessions: all end. */
function readEnded(path: string, nowS: number): Ended {
  if (!existsSync(path)) return { untilS: 0, ids: {} };
  try {
    const { untilS, ids } = JSON.parse(readFileSync(path, "utf8")) as Ended;
    if (typeof untilS === "number" && typeof ids === "object" && ids !== null) return { untilS, ids };
  } catch {
    // Told by what follows: all users log in again.
  }
  return { untilS: nowS, ids: {} };
}
