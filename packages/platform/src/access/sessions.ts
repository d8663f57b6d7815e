import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { type EndedSessions, SESSION_SECONDS } from "./ended-sessions.js";

/**
 * Sessions of the portal. A session is a signed text in a cookie, `<start>.<id>.<signature>`: it costs no memory, outlives a restart, and is understood by
 * every process that has the key. Only those that were logged out are remembered.
 */
export class Sessions {
  private readonly key: Buffer;
  private readonly ended: EndedSessions;
  private readonly now: () => number;

  /**
   * @param key - signs; another key ends all sessions
   * @param ended - those that were logged out
   * @param now - milliseconds since 1970
   */
  constructor(key: Buffer, ended: EndedSessions, now: () => number) {
    this.key = key;
    this.ended = ended;
    this.now = now;
  }

  /** @returns a new session, for a cookie */
  begin(): string {
    const text = `${Math.floor(this.now() / 1000)}.${randomBytes(12).toString("base64url")}`;
    return `${text}.${this.sign(text).toString("base64url")}`;
  }

  /** @param session - as a cookie has it: any text @returns whether it was made here, and has neither expired nor ended */
  isOpen(session: string): boolean {
    return this.read(session) !== undefined;
  }

  /** Ends a session for good. @param session - as a cookie has it; one that is not open is ignored */
  async end(session: string): Promise<void> {
    const open = this.read(session);
    if (open !== undefined) await this.ended.add(open.id, open.startS);
  }

  private read(session: string): { startS: number; id: string } | undefined {
    const [, start, id, signature] = /^(\d{1,12})\.([\w-]{16})\.([\w-]{43})$/.exec(session) ?? [];
    if (start === undefined || id === undefined || signature === undefined) return undefined;
    if (!timingSafeEqual(Buffer.from(signature, "base64url"), this.sign(`${start}.${id}`))) return undefined;
    const startS = Number(start);
    const isAlive = (startS + SESSION_SECONDS) * 1000 > this.now();
    return isAlive && !this.ended.has(id, startS) ? { startS, id } : undefined;
  }

  private sign(text: string): Buffer {
    return createHmac("sha256", this.key).update(text).digest();
  }
}
