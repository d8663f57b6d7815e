import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { systemCode } from "../error.js";
import { writePrivateFile } from "./token-file.js";

/** Life of a session, in seconds: a month. */
export const SESSION_SECONDS: number = 30 * 24 * 3600;

/** Sessions that were logged out and have not expired, at most; one more ends all that there are. */
const MAX_ENDED = 10_000;

/** What is known of ended sessions, as it is kept. */
interface Ended {
  /** Sessions that began at or before this time have ended, in seconds since 1970. */
  untilS: number;
  /** Start of each session that was logged out, in seconds since 1970, by id. */
  ids: Record<string, number>;
}

/**
 * Sessions of the portal. A session is a signed text in a cookie, `<start>.<id>.<signature>`: it costs no memory, outlives a restart, and is understood by
 * every process that has the key. Only those that were logged out are remembered.
 */
export class Sessions {
  private readonly key: Buffer;
  private readonly path: string;
  private readonly now: () => number;
  private readonly warn: (message: string) => void;
  private ended: Ended;

  /**
   * @param key - signs; another key ends all sessions
   * @param path - file of ended sessions
   * @param now - milliseconds since 1970
   * @param warn - told when a logout cannot be kept
   */
  constructor(key: Buffer, path: string, now: () => number, warn: (message: string) => void) {
    this.key = key;
    this.path = path;
    this.now = now;
    this.warn = warn;
    this.ended = readEnded(path, this.nowS);
  }

  /** @returns a new session, for a cookie */
  begin(): string {
    const text = `${this.nowS}.${randomBytes(12).toString("base64url")}`;
    return `${text}.${this.sign(text).toString("base64url")}`;
  }

  /** @param session - as a cookie has it: any text @returns whether it was made here, and has neither expired nor ended */
  isOpen(session: string): boolean {
    return this.read(session) !== undefined;
  }

  /** Ends a session for good. @param session - as a cookie has it; one that is not open is ignored */
  end(session: string): void {
    const open = this.read(session);
    if (open === undefined) return;
    const ids = Object.fromEntries(Object.entries(this.ended.ids).filter(([, startS]) => this.isAlive(startS)));
    ids[open.id] = open.startS;
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

  private isAlive(startS: number): boolean {
    return startS + SESSION_SECONDS > this.nowS && startS > this.ended.untilS;
  }

  private read(session: string): { startS: number; id: string } | undefined {
    const [, start, id, signature] = /^(\d{1,12})\.([\w-]{16})\.([\w-]{43})$/.exec(session) ?? [];
    if (start === undefined || id === undefined || signature === undefined) return undefined;
    if (!timingSafeEqual(Buffer.from(signature, "base64url"), this.sign(`${start}.${id}`))) return undefined;
    return this.isAlive(Number(start)) && !Object.hasOwn(this.ended.ids, id) ? { startS: Number(start), id } : undefined;
  }

  private sign(text: string): Buffer {
    return createHmac("sha256", this.key).update(text).digest();
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
