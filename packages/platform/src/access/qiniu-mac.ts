import { timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { authorizationOf, type SignedRequest } from "ava-kodo";
import { PlatformError } from "../error.js";

/** Key pair whose signature opens the platform to clients that cannot send a token. */
export interface KeyPair {
  accessKey: string;
  secretKey: string;
}

/** A request as it came over the wire. */
export interface ReceivedRequest extends Omit<SignedRequest, "contentType"> {
  headers: IncomingHttpHeaders;
}

/** How far `X-Qiniu-Date` may be off, in milliseconds. */
const SKEW_MS = 15 * 60_000;

/**
 * @param text - `AK:SK`
 * @returns the pair
 * @throws PlatformError `usage`
 */
export function parseKeyPair(text: string): KeyPair {
  const [, accessKey, secretKey] = /^([^\s:]+):([^\s:]+)$/.exec(text) ?? [];
  if (accessKey === undefined || secretKey === undefined) {
    throw new PlatformError("usage", "The key pair of --ava-key or AVA_PLATFORM_KEY is not ACCESS_KEY:SECRET_KEY.");
  }
  return { accessKey, secretKey };
}

/** @returns whether a request says that it is signed with this pair; whether that is true needs its body */
export function claimsKeyPair(headers: IncomingHttpHeaders, pair: KeyPair): boolean {
  return headers.authorization?.startsWith(`Qiniu ${pair.accessKey}:`) === true;
}

/**
 * Checks the signature of Qiniu's management authorization: method, path and query, host, content type, `X-Qiniu-*` headers, and the body unless there is
 * no content type or it is `application/octet-stream`.
 *
 * @param nowMs - milliseconds since 1970
 * @returns whether the request was signed with the pair
 * @throws PlatformError `forbidden` when the clock of the client is too far off
 */
export function isSignedBy(request: ReceivedRequest, { accessKey, secretKey }: KeyPair, nowMs: number): boolean {
  const contentType = request.headers["content-type"] ?? "";
  const own = Buffer.from(authorizationOf({ ...request, contentType }, accessKey, secretKey));
  const given = Buffer.from(request.headers.authorization ?? "");
  if (given.length !== own.length || !timingSafeEqual(given, own)) return false;
  checkDate(request.headers["x-qiniu-date"], nowMs);
  return true;
}

function checkDate(date: string | string[] | undefined, nowMs: number): void {
  if (date === undefined) return;
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(String(date)) ?? [];
  const [year = Number.NaN, month = 0, day, hour, minute, second] = parts.map(Number);
  const timeMs = Date.UTC(year, month - 1, day, hour, minute, second);
  if (!(Math.abs(timeMs - nowMs) <= SKEW_MS)) {
    throw new PlatformError("forbidden", "request time too skewed: X-Qiniu-Date is more than 15 minutes off.");
  }
}
