import type { ErrorBody, ErrorCode } from "ava-protocol";
import { learnTime } from "./platform-clock.js";

/** Code of a call: the platform's, `unreachable` when no answer came, `foreign` when it came from something else, for example a proxy that asks for its own login. */
export type CallCode = ErrorCode | "unreachable" | "foreign";

/** A refused or failed API call. */
export class ApiError extends Error {
  readonly code: CallCode;
  readonly status: number;
  /** Until when a deleted instance can be restored, in milliseconds since 1970. */
  readonly restorableUntilMs: number | undefined;

  /**
   * @param code - of the call
   * @param status - HTTP status, 0 when no answer came
   * @param message - the platform's words; the status where they are not the platform's
   * @param restorableUntil - of a deleted instance, ISO 8601
   */
  constructor(code: CallCode, status: number, message: string, restorableUntil?: string) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.status = status;
    this.restorableUntilMs = restorableUntil === undefined ? undefined : Date.parse(restorableUntil);
  }
}

const unauthorizedListeners = new Set<() => void>();

/**
 * Tells when any call was refused for want of a token.
 *
 * @param listener - called at each such answer
 * @returns ends the listening
 */
export function onUnauthorized(listener: () => void): () => void {
  unauthorizedListeners.add(listener);
  return () => unauthorizedListeners.delete(listener);
}

/**
 * Calls the API. A question (`GET`) that finds no platform, or one that cannot answer now, is asked again a few times.
 *
 * @param path - with its query
 * @param options - `body` is sent as JSON
 * @returns the JSON answer; `undefined` for an empty one
 * @throws ApiError; an abort passes through as it is
 */
export async function request<Answer>(path: string, options: RequestOptions = {}): Promise<Answer> {
  const ask = (): Promise<string> => answerTo(path, options, (response) => response.text());
  const isQuestion = (options.method ?? "GET") === "GET";
  const text = await (isQuestion ? askedAgain(ask, options.signal) : ask());
  try {
    return (text === "" ? undefined : JSON.parse(text)) as Answer;
  } catch {
    throw new ApiError("foreign", 200, "200 OK");
  }
}

/**
 * Asks the API for something that is not JSON, also where a `POST` carries the question; it is asked again as a `GET` of {@link request} is.
 *
 * @param path - with its query
 * @param accept - media type that is wanted
 * @param options - `body` is sent as JSON
 * @returns the bytes
 * @throws ApiError as {@link request}
 */
export async function requestBytes(path: string, accept: string, options: RequestOptions): Promise<Uint8Array> {
  const ask = (): Promise<ArrayBuffer> => answerTo(path, options, (response) => response.arrayBuffer(), { accept });
  return new Uint8Array(await askedAgain(ask, options.signal));
}

/** How the API is called. */
export interface RequestOptions {
  method?: string;
  body?: unknown;
  signal?: AbortSignal;
}

/** Waits before a question is asked again, in milliseconds: a replica that ends, or a proxy that has lost one, is over within them. */
const AGAIN_AFTER_MS = [300, 1000, 3000];

/** Statuses of what passes: no answer at all, a proxy without its platform, a platform that stops or whose database is away. */
const PASSING: ReadonlySet<number> = new Set([0, 502, 503, 504]);

async function askedAgain<Answer>(ask: () => Promise<Answer>, signal: AbortSignal | undefined): Promise<Answer> {
  for (const waitMs of AGAIN_AFTER_MS) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ApiError) || !PASSING.has(error.status)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    signal?.throwIfAborted();
  }
  return ask();
}

async function answerTo<Body>(
  path: string,
  options: RequestOptions,
  read: (response: Response) => Promise<Body>,
  accepted: Record<string, string> = {},
): Promise<Body> {
  const { method = "GET", body, signal } = options;
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, {
      method,
      headers: { ...accepted, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    learnTime(response.headers);
    // An answer may also break off in its middle.
    if (response.ok) return await read(response);
    text = await response.text();
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiError("unreachable", 0, error instanceof Error ? error.message : String(error));
  }
  const failure = readError(response, text);
  if (failure.code === "unauthorized") for (const listener of unauthorizedListeners) listener();
  throw failure;
}

function readError(response: Response, text: string): ApiError {
  try {
    const { error, restorableUntil } = JSON.parse(text) as ErrorBody;
    return new ApiError(error.code, response.status, error.message, restorableUntil);
  } catch {
    // Not the platform's own answer, for example the page of a proxy that does not reach it: the status is what is known.
    const code = PASSING.has(response.status) ? "unreachable" : "foreign";
    return new ApiError(code, response.status, `${response.status} ${response.statusText}`.trim());
  }
}
