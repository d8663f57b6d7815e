import { timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { PlatformError } from "../error.js";
import { kodoSign } from "./kodo-sign.js";

/** Key pair whose signature opens the platform to clients that cannot send a token. */
export interface KeyPair {
  accessKey: string;
  secretKey: string;
}

/** A request as it came over the wire. */
export interface SignedRequest {
  method: string;
  /** Path and query, raw. */
  target: string;
  /** As the client sent it, with its port. */
  host: string;
  headers: IncomingHttpHeaders;
  body: Uint8Array;
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
export function isSignedBy(request: SignedRequest, { accessKey, secretKey }: KeyPair, nowMs: number): boolean {
  const contentType = request.headers["content-type"] ?? "";
  const head = [
    `${request.method} ${request.target}`,
    `Host: ${request.host}`,
    ...(contentType === "" ? [] : [`Content-Type: ${contentType}`]),
    ...qiniuHeaders(request.headers),
    "\n",
  ].join("\n");
  const isBodySigned = contentType !== "" && !/^application\/octet-stream *(;|$)/i.test(contentType);
  const own = Buffer.from(`Qiniu ${accessKey}:${kodoSign(secretKey, head, isBodySigned ? request.body : "")}`);
  const given = Buffer.from(request.headers.authorization ?? "");
  if (given.length !== own.length || !timingSafeEqual(given, own)) return false;
  checkDate(request.headers["x-qiniu-date"], nowMs);
  return true;
}

/** Lines `X-Qiniu-Abc: value`, by name; the bare prefix is none of them. */
function qiniuHeaders(headers: IncomingHttpHeaders): string[] {
  return Object.entries(headers)
    .filter(([name]) => /^x-qiniu-./.test(name))
    .map(([name, value]) => [name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase()), value] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}: ${String(value)}`);
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
