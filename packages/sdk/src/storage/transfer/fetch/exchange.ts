import { DEFAULT_CONTENT_TYPE } from "ava-kodo";
import type { HttpClient } from "../http/http-client.js";
import type { HttpRequest, TimeLimits } from "../http/http-exchange.js";
import { FETCH_POLICY, type RetryPolicy } from "../retry/policy.js";
import { withRetry } from "../retry/with-retry.js";
import { type FetchResponse, TransferError } from "../transfer-error.js";
import { decoded } from "./decoded.js";
import { readWhole, refusalOf } from "./read-body.js";

/** Retries of a request whose `maxRetry` is 0. */
export const DEFAULT_MAX_RETRY = 5;

/** How often a request is tried, in the seed's terms. */
export interface RetryOptions {
  /** How many retries were made before; without meaning where `maxRetry` is negative. Default 0. */
  retry?: number | undefined;
  /** Most retries; negative: none; 0: the default of 5. Default -1. */
  maxRetry?: number | undefined;
}

/** What came of a request: the answer, or the error. */
export type FetchResult<T = FetchResponse> = [res: T, err: undefined] | [res: undefined, err: TransferError];

/** What a request is made with. */
export interface ExchangeOptions extends RetryOptions {
  client: HttpClient;
  /** Time-outs of the first try; they grow by two fifths of it with each retry. */
  limits: TimeLimits;
  /** The time for the whole request was named: it does not grow. */
  isTotalFixed?: boolean | undefined;
  /** Longest body that is taken, in bytes. */
  maxBytes: number;
  policy?: RetryPolicy | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Makes a request, again where that may help, and reads the answer.
 *
 * @param build - makes the request; called for each try, so that each has a signature of its own
 * @param options - how
 * @returns the answer; an error also for a status other than 2xx, then with the answer in `err.response`
 */
export async function exchange(build: () => HttpRequest, options: ExchangeOptions): Promise<FetchResult> {
  const { client, limits, isTotalFixed = false, maxRetry = -1, maxBytes, policy = FETCH_POLICY, signal } = options;
  const retry = maxRetry < 0 ? 0 : (options.retry ?? 0);
  const maxRetries = maxRetry < 0 ? 0 : maxRetry || DEFAULT_MAX_RETRY;
  return asResult(() =>
    withRetry(
      async (tries) => {
        const request = asTornado(checked(build));
        const answer = decoded(await client.send({ ...request, signal }, grown(limits, 1 + 0.4 * tries, isTotalFixed)));
        if (answer.status < 200 || answer.status >= 300) throw await refusalOf(answer, request.url);
        return readWhole(answer, maxBytes, request.url);
      },
      { retry, maxRetries, policy, signal },
    ),
  );
}

/**
 * @param work - throws TransferError where it fails
 * @returns its result, or the error as a value
 * @throws what is not a TransferError: a mistake of a program
 */
export async function asResult<T>(work: () => Promise<T>): Promise<FetchResult<T>> {
  try {
    return [await work(), undefined];
  } catch (error) {
    if (error instanceof TransferError) return [undefined, error];
    throw error;
  }
}

function checked(build: () => HttpRequest): HttpRequest {
  let request: HttpRequest;
  try {
    request = build();
  } catch (cause) {
    throw new TransferError("REQUEST_INVALID", cause instanceof Error ? cause.message : String(cause), { cause });
  }
  const { method, body, url } = request;
  if (body === undefined || (method !== "GET" && method !== "HEAD")) return request;
  throw new TransferError("REQUEST_INVALID", `${method} takes no data; use POST or PUT`, { url });
}

/** What tornado's client sends where the caller names nothing else, and its way with redirects. */
function asTornado(request: HttpRequest): HttpRequest {
  const names = new Set(Object.keys(request.headers ?? {}).map((name) => name.toLowerCase()));
  const headers = {
    ...(names.has("accept-encoding") ? {} : { "Accept-Encoding": "gzip" }),
    ...(request.method !== "POST" || names.has("content-type") ? {} : { "Content-Type": DEFAULT_CONTENT_TYPE }),
    ...request.headers,
  };
  return { ...request, headers, followsAll: true };
}

function grown({ connectMs, idleMs, totalMs }: TimeLimits, factor: number, isTotalFixed: boolean): TimeLimits {
  return { connectMs: connectMs * factor, idleMs: idleMs * factor, totalMs: isTotalFixed ? totalMs : totalMs * factor };
}
