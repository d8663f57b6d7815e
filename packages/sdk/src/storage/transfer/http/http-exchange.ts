import type { IncomingMessage } from "node:http";

/** Limits of one request in milliseconds. */
export interface TimeLimits {
  /** Until the connection is there. */
  connectMs: number;
  /** Without a byte in either direction. */
  idleMs: number;
  /** For the whole request with its answer. */
  totalMs: number;
}

/** A file as a body: its first bytes, as many as it had when the request was made. */
export interface FileBody {
  path: string;
  bytes: number;
}

/** One request. */
export interface HttpRequest {
  method: string;
  /** Absolute URL; sent as it is, not normalised. */
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array | FileBody | undefined;
  /** Told the bytes of each piece of the body that was handed to the system. */
  onSent?: ((bytes: number) => void) | undefined;
  /** `[http://]host[:port]` to connect to, where it is not the URL's; the header `Host` stays the URL's. */
  connectTo?: string | undefined;
  /** Redirects are followed whatever the method, as tornado's client does: 302 and 303 make it a `GET`. Default only of `GET` and `HEAD`. */
  followsAll?: boolean | undefined;
  /** Sent twice it does what it does once, although its method says nothing of the kind. */
  isRepeatable?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/** An answer whose body is still to be read. */
export interface HttpAnswer {
  /** That answered, after redirects. */
  url: string;
  status: number;
  headers: IncomingMessage["headers"];
  /** Each value of each header. */
  headerLists?: IncomingMessage["headersDistinct"];
  /** The body as it comes; ends with a TransferError where the server ends too early. Read it or leave the loop: both free the connection. */
  body: AsyncIterable<Buffer>;
  /** Gives the body up. */
  discard(): void;
}
