import type { ErrorBody, ErrorCode } from "ava-protocol";

/** A refused or failed API call: `code` is the platform's, or `unreachable` when no answer came. */
export class ApiError extends Error {
  readonly code: ErrorCode | "unreachable";
  readonly status: number;

  /**
   * @param code - the platform's error code
   * @param status - HTTP status, 0 when no answer came
   * @param message - the platform's words
   */
  constructor(code: ErrorCode | "unreachable", status: number, message: string) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.status = status;
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
 * Calls the API.
 *
 * @param path - with its query
 * @param options - `body` is sent as JSON
 * @returns the JSON answer; `undefined` for an empty one
 * @throws ApiError with the platform's code, or `unreachable`; an abort passes through as it is
 */
export async function request<Answer>(path: string, options: RequestOptions = {}): Promise<Answer> {
  const text = await (await answerTo(path, options)).text();
  return (text === "" ? undefined : JSON.parse(text)) as Answer;
}

/**
 * Calls the API for an answer that is not JSON.
 *
 * @param path - with its query
 * @param accept - media type that is wanted
 * @param options - `body` is sent as JSON
 * @returns the bytes
 * @throws ApiError as {@link request}
 */
export async function requestBytes(path: string, accept: string, options: RequestOptions): Promise<Uint8Array> {
  return new Uint8Array(await (await answerTo(path, options, { accept })).arrayBuffer());
}

/** How the API is called. */
export interface RequestOptions {
  method?: string;
  body?: unknown;
  signal?: AbortSignal;
}

async function answerTo(path: string, options: RequestOptions, accepted: Record<string, string> = {}): Promise<Response> {
  const { method = "GET", body, signal } = options;
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: { ...accepted, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new ApiError("unreachable", 0, error instanceof Error ? error.message : String(error));
  }
  if (response.ok) return response;
  const failure = readError(response, await response.text());
  if (failure.status === 401) for (const listener of unauthorizedListeners) listener();
  throw failure;
}

function readError(response: Response, text: string): ApiError {
  try {
    const { error } = JSON.parse(text) as ErrorBody;
    return new ApiError(error.code, response.status, error.message);
  } catch {
    // Not the platform's own answer, for example a proxy's page: the status is what is known.
    return new ApiError("internal", response.status, `${response.status} ${response.statusText}`);
  }
}
