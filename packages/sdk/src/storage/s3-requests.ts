import { Readable } from "node:stream";
import { TRANSFER_LIMITS } from "./transfer/fetch/limits.js";
import { HttpClient } from "./transfer/http/http-client.js";
import type { TimeLimits } from "./transfer/http/http-exchange.js";
import { decide } from "./transfer/retry/policy.js";
import { TransferError } from "./transfer/transfer-error.js";

/** A signed request, as the S3 package gives it. */
interface S3Request {
  method: string;
  /** With its colon. */
  protocol: string;
  hostname: string;
  port?: number | undefined;
  /** Escaped. */
  path: string;
  /** Not escaped. */
  query?: Readonly<Record<string, string | string[] | null>> | undefined;
  headers: Readonly<Record<string, string>>;
  body?: string | Uint8Array | undefined;
}

/** An answer, as the S3 package reads it. */
interface S3Answer {
  statusCode: number;
  headers: Record<string, string>;
  body: Readable;
}

/** Sends the requests of the S3 package; what its option `requestHandler` takes. */
// An alias, unlike an interface, fits the package's type, which has an index.
export type S3Requests = {
  metadata: { handlerProtocol: string };
  handle(request: S3Request, options?: { abortSignal?: AbortSignal }): Promise<{ response: S3Answer }>;
  destroy(): void;
};

/**
 * Sends S3's requests as everything else that the SDK sends: its time-outs, proxies and rules of redirects are those of {@link HttpClient}.
 *
 * @param limits - time-outs of each request
 * @returns the sender; its `handle` rejects with the client's TransferError, marked `$retryable` where the package may send the request again
 */
export function s3Requests(limits: TimeLimits = TRANSFER_LIMITS): S3Requests {
  const http = new HttpClient();
  return {
    metadata: { handlerProtocol: "http/1.1" },
    async handle({ method, headers, body, ...address }, { abortSignal } = {}) {
      // `Expect: 100-continue` is not signed, and undici refuses to send it.
      const sent = Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== "expect"));
      try {
        const answer = await http.send({ method, url: urlOf(address), headers: sent, body, signal: abortSignal }, limits);
        const told = Object.entries(answer.headers).map(([name, value]) => [name, String(value)]);
        const read = Readable.from(answer.body, { objectMode: false });
        return { response: { statusCode: answer.status, headers: Object.fromEntries(told), body: read } };
      } catch (error) {
        throw error instanceof TransferError && decide(error) !== "stop" ? Object.assign(error, { $retryable: {} }) : error;
      }
    },
    destroy: () => http.close(),
  };
}

function urlOf({ protocol, hostname, port, path, query = {} }: Omit<S3Request, "method" | "headers" | "body">): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((each) => (each === null ? escape(name) : `${escape(name)}=${escape(each)}`)),
  );
  return `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}${pairs.length === 0 ? "" : `?${pairs.join("&")}`}`;
}

/** As the signature has it. */
function escape(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
