import { type ErrorBody, LIMITS, type RecordsAnswer } from "ava-protocol";
import type { AvaErrorCode } from "../place/error.js";
import { readWhole } from "../storage/transfer/fetch/read-body.js";
import { reasonOf } from "../storage/transfer/http/failures.js";
import { HttpClient } from "../storage/transfer/http/http-client.js";
import type { HttpAnswer } from "../storage/transfer/http/http-exchange.js";
import type { TransferError } from "../storage/transfer/transfer-error.js";

/** What became of one request; failures are values, not exceptions. */
export type SendResult =
  | ({ kind: "acked" } & RecordsAnswer)
  | { kind: "gap"; ack: number }
  /** The platform understood the body and will never take it. */
  | { kind: "refused"; reason: string }
  /** The instance was deleted on the platform. */
  | { kind: "deleted"; reason: string }
  | { kind: "failed"; reason: string; blame: Blame; retryAfterMs?: number };

/**
 * Whose fault a failure may be. `place`: the platform, or the way to it; every body fails the same. `body`: another body may pass: a proxy on the way refuses what is
 * in this one, or its size. `unknown`: one or the other.
 */
export type Blame = "place" | "body" | "unknown";

/** Sends batches of records to one platform over kept-alive connections. */
export interface Transport {
  /**
   * @param instance - id of the instance
   * @param body - a batch, see docs/formats/journal.md
   * @param timeoutMs - for the whole request
   * @returns what became of it; never rejects
   */
  send(instance: string, body: Uint8Array, timeoutMs: number): Promise<SendResult>;
  close(): void;
}

const MAX_ANSWER_BYTES = 64 * 1024;
const MOST_REASON_CHARS = 300;
/** Whatever a server says, it is asked again after this time. */
const MOST_RETRY_AFTER_MS = 300_000;

/** With these, and its own words, a platform says that it will never take a body. */
const REFUSALS: ReadonlySet<number> = new Set([400, 413, 422]);
/** What a proxy between us and the platform says of a body: too large, or with something in it that a rule forbids. */
const BODY_STATUSES: ReadonlySet<number> = new Set([400, 403, 404, 405, 406, 411, 413, 414, 415, 422]);
/** Statuses of a platform, or a way to it, that takes nothing now. */
const PLACE_STATUSES: ReadonlySet<number> = new Set([401, 402, 407, 408, 409, 410, 425, 426, 429, 502, 503, 504, 507, 511]);
/** The connection was there, and broke or stayed silent within this request. What is not HTTP tells of the place. */
const UNKNOWN_ERRORS: ReadonlySet<AvaErrorCode> = new Set(["CONNECTION_LOST", "IDLE_TIMEOUT", "REQUEST_TIMEOUT"]);

/** A platform that is up takes a connection at once, and the next try comes soon. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * @param platformUrl - base URL of the platform
 * @param token - write token, where the platform asks for one
 * @returns a transport
 */
export function createTransport(platformUrl: string, token?: string): Transport {
  const client = new HttpClient();
  return {
    send: async (instance, body, timeoutMs) => {
      const request = {
        method: "POST",
        url: `${platformUrl}/v1/instances/${encodeURIComponent(instance)}/records`,
        headers: { "content-type": "application/x-ava-records", ...(token ? { authorization: `Bearer ${token}` } : {}) },
        body,
        // The platform knows by their numbers which records it has.
        isRepeatable: true,
      };
      try {
        const answer = await client.send(request, { connectMs: CONNECT_TIMEOUT_MS, idleMs: timeoutMs, totalMs: timeoutMs });
        const { body: text } = await readWhole(answer, MAX_ANSWER_BYTES, request.url);
        return interpret(answer, text.toString("utf8"));
      } catch (error) {
        const { code, cause } = error as TransferError;
        const isHttp = (cause as Error | undefined)?.name !== "HTTPParserError";
        return { kind: "failed", reason: reasonOf(error), blame: UNKNOWN_ERRORS.has(code) && isHttp ? "unknown" : "place" };
      }
    },
    close: () => client.close(),
  };
}

/** Only an answer in the platform's own words counts; whatever a proxy or another server says is a reason to try again. */
function interpret({ status, headers }: HttpAnswer, text: string): SendResult {
  const body = parse(text) as Partial<RecordsAnswer & ErrorBody> | undefined;
  const hasAck = Number.isSafeInteger(body?.ack) && (body?.ack as number) >= 0;
  if (status === 200 && hasAck) return { kind: "acked", ...pickAnswer(body as RecordsAnswer) };
  const code: string | undefined = body?.error?.code;
  if (status === 409 && code === "seq_gap" && hasAck) return { kind: "gap", ack: body?.ack as number };
  const message = body?.error?.message;
  const isPlatform = typeof message === "string" && typeof code === "string";
  const reason = isPlatform ? `${oneLine(message)} (${status} ${oneLine(code)})${adviceFor(status)}` : foreign(status, headers.location);
  if (isPlatform && status === 410) return { kind: "deleted", reason };
  if (isPlatform && REFUSALS.has(status)) return { kind: "refused", reason };
  const retryAfterMs = Math.min(Number(headers["retry-after"]) * 1000, MOST_RETRY_AFTER_MS);
  return { kind: "failed", reason, blame: blameFor(status), ...(retryAfterMs > 0 ? { retryAfterMs } : {}) };
}

function pickAnswer({ ack, stop, refused, pauseMs }: RecordsAnswer): RecordsAnswer {
  const told = Array.isArray(refused) ? refused.filter((one) => typeof one?.message === "string") : [];
  return {
    ack,
    ...(typeof stop?.reason === "string" ? { stop: { reason: oneLine(stop.reason) } } : {}),
    ...(typeof pauseMs === "number" && pauseMs > 0 ? { pauseMs: Math.min(pauseMs, LIMITS.shipperPauseMs) } : {}),
    ...(told.length > 0 ? { refused: told.map((one) => ({ ...one, message: oneLine(one.message) })) } : {}),
  };
}

function blameFor(status: number): Blame {
  if (BODY_STATUSES.has(status)) return "body";
  return PLACE_STATUSES.has(status) || (status >= 300 && status < 400) ? "place" : "unknown";
}

function adviceFor(status: number): string {
  return status === 401 ? ": give the platform's token as AVA_TOKEN" : "";
}

function foreign(status: number, location: string | undefined): string {
  if (status >= 300 && status < 400 && location !== undefined)
    return `HTTP ${status} to ${oneLine(location)}: set AVA_PLATFORM_URL to that server`;
  return `HTTP ${status} that is not an AVA platform's answer${adviceFor(status)}`;
}

/** Words of a server go to terminals and logs. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{C}+/gu, " ").slice(0, MOST_REASON_CHARS);
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    // Garbage: told apart from an answer by the caller.
    return undefined;
  }
}
