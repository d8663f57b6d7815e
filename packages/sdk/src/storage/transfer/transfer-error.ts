import type { IncomingHttpHeaders } from "node:http";
import { AvaError, type AvaErrorCode } from "../../place/error.js";

/** A whole answer of a server. */
export interface FetchResponse {
  status: number;
  headers: IncomingHttpHeaders;
  /** The values of headers that came more than once. */
  headerLists?: NodeJS.Dict<string[]>;
  body: Buffer;
  /** URL that answered, after redirects; may carry a signature. */
  url?: string;
}

/** Facts of a failed transfer. */
export interface TransferFacts {
  cause?: unknown;
  /** URL of the request; its query, where signatures are, is cut off. */
  url?: string;
  /** Status that the server answered. */
  status?: number;
  /** What the server answered, where it answered at all. */
  response?: FetchResponse;
  /** How long the server wants to be left alone, in milliseconds. */
  retryAfterMs?: number;
}

/** A transfer that failed. Shows no credentials: neither keys, nor signatures, nor the query of the URL. */
export class TransferError extends AvaError {
  readonly url?: string;
  readonly status?: number;
  readonly response?: FetchResponse;
  readonly retryAfterMs?: number;
  /** Requests that were made for it. */
  attempts = 1;

  /**
   * @param code - stable code
   * @param message - what is wrong and what to do, without the URL
   * @param facts - what is known of it
   */
  constructor(code: AvaErrorCode, message: string, { cause, url, ...facts }: TransferFacts = {}) {
    const where = url === undefined ? undefined : withoutSecrets(url);
    super(code, where === undefined ? message : `${message}: ${where}`, cause === undefined ? {} : { cause });
    this.name = "TransferError";
    const { response } = facts;
    const kept = response === undefined ? {} : { response: withHiddenUrl(response) };
    Object.assign(this, facts, kept, where === undefined ? {} : { url: where });
  }
}

/** The URL that answered is there for who asks for it, and not where the error is printed or written as JSON: it may be signed. */
function withHiddenUrl({ url, ...response }: FetchResponse): FetchResponse {
  return url === undefined ? response : (Object.defineProperty(response, "url", { get: () => url, enumerable: false }) as FetchResponse);
}

/**
 * @param url - any URL
 * @returns it without user, query and fragment, for people to read
 */
export function withoutSecrets(url: string): string {
  return url.replace(/[?#].*$/s, "").replace(/^([a-z]+:\/\/)[^/@]*@/i, "$1");
}
