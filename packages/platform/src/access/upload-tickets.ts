import { createHmac, timingSafeEqual } from "node:crypto";

/** Life of a ticket, in seconds: clients upload large files in the background, hours after they asked where to. */
const TICKET_SECONDS = 86_400;

/** Parts of addresses that let a client of another tracker upload files without its key: it asks for an address and sends no key to it. */
export class UploadTickets {
  private readonly key: Buffer;
  private readonly now: () => number;

  /** @param key - of the platform; the same after a restart @param now - milliseconds since 1970 */
  constructor(key: Buffer, now: () => number) {
    this.key = key;
    this.now = now;
  }

  /** @returns a ticket: letters, digits, `_` and `-` */
  make(): string {
    const expires = String(Math.floor(this.now() / 1000) + TICKET_SECONDS);
    return `${expires}-${this.sign(expires).toString("base64url")}`;
  }

  /** @param ticket - any text @returns whether it was made here and has not expired */
  isValid(ticket: string): boolean {
    const [, expires, sign] = /^(\d{1,15})-([\w-]+)$/.exec(ticket) ?? [];
    if (expires === undefined || sign === undefined) return false;
    const given = Buffer.from(sign, "base64url");
    const own = this.sign(expires);
    return given.length === own.length && timingSafeEqual(given, own) && Number(expires) * 1000 > this.now();
  }

  private sign(expires: string): Buffer {
    return createHmac("sha256", this.key).update(expires).digest();
  }
}
