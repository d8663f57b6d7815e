// Written from the protocol alone and apart from ava-kodo: a server that checks with the client's own code agrees with its mistakes.
import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { Refusal } from "./answer.js";

/** The one account of the emulator. */
export interface Account {
  accessKey: string;
  secretKey: string;
}

/** How far `X-Qiniu-Date` may be off. */
const LARGEST_SKEW_MS = 15 * 60 * 1000;

/** @param account - the account @param text - what is signed @returns `<ak>:<sign>` */
export function signatureOf(account: Account, text: string | Uint8Array): string {
  const digest = createHmac("sha1", account.secretKey).update(text).digest("base64");
  return `${account.accessKey}:${digest.replaceAll("+", "-").replaceAll("/", "_")}`;
}

/** @param given - what the client sent @param wanted - what is right @returns whether they are the same, in constant time */
export function isSame(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** What of a request is signed. */
export interface SignedRequest {
  method: string;
  /** Path and query as they came. */
  target: string;
  headers: IncomingHttpHeaders;
  body: Uint8Array;
}

/**
 * Checks the credential of a management call, `Qiniu` or `QBox`.
 *
 * @param account - the account
 * @param request - what came
 * @param nowMs - the emulator's clock
 * @throws Refusal 401 for a missing or wrong signature, 403 for a clock that is off
 */
export function checkManagement(account: Account, request: SignedRequest, nowMs: number): void {
  const [kind, given = ""] = (request.headers.authorization ?? "").split(" ");
  const wanted = kind === "Qiniu" ? qiniuTexts(request) : kind === "QBox" ? [qboxText(request)] : [];
  if (!wanted.some((text) => isSame(given, signatureOf(account, text)))) throw new Refusal(401, "bad token");
  const date = request.headers["x-qiniu-date"];
  if (kind === "Qiniu" && typeof date === "string" && !(Math.abs(readDate(date) - nowMs) <= LARGEST_SKEW_MS)) {
    throw new Refusal(403, "request time too skewed");
  }
}

function qboxText({ target, headers, body }: SignedRequest): Buffer {
  const isForm = headers["content-type"] === "application/x-www-form-urlencoded";
  return Buffer.concat([Buffer.from(`${target}\n`), isForm ? body : Buffer.alloc(0)]);
}

/** Two texts: the official Node client appends the port to a host that has it already. */
function qiniuTexts({ method, target, headers, body }: SignedRequest): Buffer[] {
  const host = headers.host ?? "";
  const port = /:\d+$/.exec(host)?.[0] ?? "";
  const type = headers["content-type"];
  const own = Object.entries(headers)
    .filter(([name]) => /^x-qiniu-./.test(name))
    .map(([name, value]) => `${name.replaceAll(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())}: ${String(value)}\n`)
    .sort();
  const hasBody = type !== undefined && type !== "application/octet-stream";
  return [host, host + port].map((signedHost) =>
    Buffer.concat([
      Buffer.from(`${method} ${target}\nHost: ${signedHost}\n${type === undefined ? "" : `Content-Type: ${type}\n`}${own.join("")}\n`),
      hasBody ? body : Buffer.alloc(0),
    ]),
  );
}

function readDate(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}

/**
 * Checks a signed download URL; whatever follows the token is ignored, as Kodo does.
 *
 * @param account - the account
 * @param host - the `Host` header: the signed name, also where the connection goes elsewhere
 * @param target - path and query as they came
 * @param nowMs - the emulator's clock
 * @throws Refusal 401
 */
export function checkDownload(account: Account, host: string, target: string, nowMs: number): void {
  const found = /^(.*[?&]e=(\d+))&token=([^&]*)/.exec(target);
  if (!found) throw new Refusal(401, "token not specified");
  const [, signed = "", deadline, token = ""] = found;
  if (!isSame(decodeURIComponent(token), signatureOf(account, `http://${host}${signed}`))) throw new Refusal(401, "bad token");
  if (Number(deadline) * 1000 <= nowMs) throw new Refusal(401, "token out of date");
}
