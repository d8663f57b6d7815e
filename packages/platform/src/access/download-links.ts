import { createHmac, timingSafeEqual } from "node:crypto";

/** Life of a link, in seconds: a browser or curl follows it at once. */
const LINK_SECONDS = 600;

/** Links to models' files that work without the token for a while. */
export class DownloadLinks {
  private readonly key: Buffer;
  private readonly now: () => number;

  /** @param key - of the platform; the same for all replicas @param now - milliseconds since 1970 */
  constructor(key: Buffer, now: () => number) {
    this.key = key;
    this.now = now;
  }

  /** @returns address of a model's file on this platform, relative to its host */
  linkTo(name: string, version: string): string {
    const expires = String(Math.floor(this.now() / 1000) + LINK_SECONDS);
    const query = new URLSearchParams({ version, expires, sign: this.sign(name, version, expires).toString("base64url") });
    return `/v1/models/${encodeURIComponent(name)}/file?${query}`;
  }

  /**
   * @param name - model of the path
   * @param query - as the address has it: any values
   * @returns whether the link was made here for this version of this model and has not expired
   */
  isValid(name: string, query: Readonly<Record<string, unknown>>): boolean {
    const { version, expires, sign } = query;
    if (typeof version !== "string" || typeof expires !== "string" || typeof sign !== "string") return false;
    const given = Buffer.from(sign, "base64url");
    const own = this.sign(name, version, expires);
    return given.length === own.length && timingSafeEqual(given, own) && Number(expires) * 1000 > this.now();
  }

  private sign(name: string, version: string, expires: string): Buffer {
    return createHmac("sha256", this.key)
      .update(JSON.stringify([name, version, expires]))
      .digest();
  }
}
