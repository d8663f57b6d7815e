import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { PlatformError } from "../error.js";
import type { AccessKeep } from "./access-keep.js";
import { AttemptLimit, printableAddress } from "./attempt-limit.js";
import { checkToken } from "./chosen-token.js";
import { DownloadLinks } from "./download-links.js";
import { OldClientIds } from "./old-client-ids.js";
import { type KeyPair, parseKeyPair } from "./qiniu-mac.js";
import { keyFor } from "./secret-file.js";
import { Sessions } from "./sessions.js";
import { UploadTickets } from "./upload-tickets.js";

/** Name of the cookie that holds the portal's session. */
export const COOKIE = "ava_session";

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(["localhost", "[::1]", "::1"]);

/** Wrong tokens typed at the login. */
const LOGIN_ATTEMPTS = { windowMs: 5 * 60_000, perAddress: 10, overall: 200 };
/** Different wrong tokens in headers: programs that send an old one are not guessing. No bound overall: it would shut out trainings for what strangers do. */
const HEADER_ATTEMPTS = { windowMs: 5 * 60_000, perAddress: 50, overall: Number.POSITIVE_INFINITY };

/** @returns whether only programs of this machine can reach an address */
export function isLoopback(host: string): boolean {
  return LOOPBACK_HOSTS.has(host) || /^127(\.\d{1,3}){3}$/.test(host);
}

/** How a request got in: no token is configured, or it showed the token, a session, a signature of the key pair. */
export type Caller = "anyone" | "token" | "session" | "key pair";

/** Which requests get in, as it was configured. */
export interface AccessSettings {
  /** Address that the platform listens on. */
  host: string;
  /** What clients must show. */
  token?: string;
  /** `AK:SK` of old clients, which sign their requests. */
  avaKey?: string;
  /** Addresses of proxies that are believed; others can reach the platform through them. */
  trustedProxies?: readonly string[];
}

/** Which requests may do what: with a token those that show it, without one those of this machine. */
export class Access {
  readonly logins: AttemptLimit;
  readonly sessions: Sessions;
  readonly oldClientIds: OldClientIds;
  readonly uploads: UploadTickets;
  readonly links: DownloadLinks;
  readonly keyPair: KeyPair | undefined;
  /** Token that was made now. */
  readonly madeToken: string | undefined;
  private readonly headerTokens: AttemptLimit;
  private readonly tokenSum: Buffer | undefined;
  private readonly host: string;
  private readonly warn: (message: string) => void;

  /**
   * @param settings - as configured; without a token one is made where others can reach the platform
   * @param keep - what outlives this process
   * @param now - milliseconds since 1970
   * @param warn - told what a person should know
   * @throws PlatformError `usage` when the token or the key pair cannot be one
   */
  constructor(
    { host, token, avaKey, trustedProxies = [] }: AccessSettings,
    keep: AccessKeep,
    now: () => number,
    warn: (message: string) => void,
  ) {
    if (token !== undefined) checkToken(token);
    const kept = token === undefined && (!isLoopback(host) || trustedProxies.length > 0) ? keep.token() : undefined;
    const needed = token ?? kept?.token;
    const { secret } = keep;
    this.host = host;
    this.warn = warn;
    this.madeToken = kept?.isNew === true ? kept.token : undefined;
    this.tokenSum = needed === undefined ? undefined : sum(needed);
    this.keyPair = avaKey === undefined ? undefined : parseKeyPair(avaKey);
    this.logins = new AttemptLimit(LOGIN_ATTEMPTS, now, keep.attempts("login"));
    this.headerTokens = new AttemptLimit(HEADER_ATTEMPTS, now, keep.attempts("header"));
    // A session ends with the token that it was begun with.
    this.sessions = new Sessions(keyFor(secret, "sessions", this.tokenSum ?? ""), keep.ended, now);
    this.uploads = new UploadTickets(keyFor(secret, "uploads of other trackers"), now);
    this.links = new DownloadLinks(keyFor(secret, "links to files of models", this.tokenSum ?? ""), now);
    this.oldClientIds = new OldClientIds(keyFor(secret, "ids of old clients"));
  }

  get needsToken(): boolean {
    return this.tokenSum !== undefined;
  }

  /** @returns whether a token is the right one; takes the same time for every wrong one */
  isToken(token: string): boolean {
    return this.tokenSum === undefined || timingSafeEqual(sum(token), this.tokenSum);
  }

  /**
   * @param headers - of a request
   * @param address - of its client
   * @returns how it may use the API; `undefined`: it shows nothing that opens. Signatures of the key pair need the body, and are not looked at here
   * @throws PlatformError `too_many_attempts` when too many different tokens came from there
   */
  callerOf(headers: IncomingHttpHeaders, address: string): Caller | undefined {
    if (!this.needsToken) return "anyone";
    const [, bearer] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "") ?? [];
    if (bearer === undefined) return this.sessions.isOpen(sessionOf(headers) ?? "") ? "session" : undefined;
    const waitSeconds = this.headerTokens.waitSeconds(address);
    if (waitSeconds > 0) throw tooManyAttempts(waitSeconds);
    if (this.isToken(bearer)) return "token";
    const wrong = this.headerTokens.countWrong(address, sum(bearer).toString("base64"));
    const thenWaits = this.headerTokens.waitSeconds(address);
    // A second says that others are being told of it, no more.
    if (wrong > 0 && thenWaits > 1) {
      this.warn(
        `${wrong} different wrong tokens came from ${printableAddress(address)}: tokens from there are refused for ${thenWaits} s.`,
      );
    }
    return undefined;
  }

  /**
   * Refuses what a foreign web page makes a browser send: host names that lead to an open platform, and writes from another origin.
   *
   * @param host - that the client asked for
   * @throws PlatformError `forbidden`
   */
  checkOrigin(method: string, host: string, headers: IncomingHttpHeaders): void {
    const name = host.replace(/:\d+$/, "").toLowerCase();
    // A request of HTTP/1.0 may name no host; browsers always do.
    if (!this.needsToken && name !== "" && !isLoopback(name) && name !== this.host) {
      throw new PlatformError(
        "forbidden",
        `This platform listens on ${this.host} and does not answer for the host name ${JSON.stringify(name)}.`,
      );
    }
    if (method === "GET" || method === "HEAD") return;
    const { origin } = headers;
    const isForeign = origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`;
    if (isForeign || headers["sec-fetch-site"] === "cross-site") {
      throw new PlatformError("forbidden", "Requests of web pages of another origin are refused.");
    }
  }
}

/** @returns the session in a request's cookie, as it stands there: any text */
export function sessionOf(headers: IncomingHttpHeaders): string | undefined {
  for (const part of headers.cookie?.split(";") ?? []) {
    const [name, value] = part.trim().split("=");
    if (name === COOKIE) return value;
  }
  return undefined;
}

/** @param waitSeconds - until the next attempt is looked at @returns the error to throw */
export function tooManyAttempts(waitSeconds: number): PlatformError {
  return new PlatformError("too_many_attempts", `Too many wrong tokens came from there. Try again in ${waitSeconds} s.`, {
    retryAfterSeconds: waitSeconds,
  });
}

function sum(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
