import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { PlatformError } from "../error.js";

/** Name of the cookie that the portal logs in with. */
export const COOKIE = "ava_token";

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(["localhost", "[::1]", "::1"]);

/** @returns whether only programs of this machine can reach an address */
export function isLoopback(host: string): boolean {
  return LOOPBACK_HOSTS.has(host) || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Who may do what: with a token those who show it, without one everybody on this machine. */
export class Access {
  private readonly tokenSum: Buffer | undefined;
  private readonly host: string;

  /**
   * @param host - address that the platform listens on
   * @param token - what clients must show; absent only on loopback
   */
  constructor(host: string, token: string | undefined) {
    this.host = host;
    this.tokenSum = token === undefined ? undefined : sum(token);
  }

  get needsToken(): boolean {
    return this.tokenSum !== undefined;
  }

  /** @returns whether a token is the right one; takes the same time for every wrong one */
  isToken(token: string): boolean {
    return this.tokenSum === undefined || timingSafeEqual(sum(token), this.tokenSum);
  }

  /** @returns whether a request may use the API */
  isAllowed(headers: IncomingHttpHeaders): boolean {
    if (this.tokenSum === undefined) return true;
    const [, bearer] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "") ?? [];
    const token = bearer ?? cookie(headers.cookie);
    return token !== undefined && this.isToken(token);
  }

  /**
   * Refuses what a foreign web page makes a browser send: other host names that lead here, and writes from another origin.
   *
   * @throws PlatformError `forbidden`
   */
  checkOrigin(method: string, headers: IncomingHttpHeaders): void {
    const own = hostName(headers.host ?? "");
    if (isLoopback(this.host) && !isLoopback(own) && own !== this.host) {
      throw new PlatformError("forbidden", `This platform listens on ${this.host} and does not answer for the host name "${own}".`);
    }
    if (method === "GET" || method === "HEAD") return;
    const { origin } = headers;
    const isForeign = origin !== undefined && origin !== `http://${headers.host}` && origin !== `https://${headers.host}`;
    if (isForeign || headers["sec-fetch-site"] === "cross-site") {
      throw new PlatformError("forbidden", "Requests of web pages of another origin are refused.");
    }
  }
}

function sum(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, "").toLowerCase();
}

function cookie(header: string | undefined): string | undefined {
  for (const part of header?.split(";") ?? []) {
    const [name, value] = part.trim().split("=");
    if (name === COOKIE && value !== undefined) return decodeURIComponent(value);
  }
  return undefined;
}
