import { createReadStream } from "node:fs";
import { splitUrl } from "ava-kodo";
import type { Dispatcher } from "undici";
import type { ProxyVariables } from "../../../place/settings/environment.js";
import { TransferError } from "../transfer-error.js";
import { Connections } from "./connections.js";
import { asTransferError } from "./failures.js";
import { headersOf } from "./headers-of.js";
import type { FileBody, HttpAnswer, HttpRequest, TimeLimits } from "./http-exchange.js";
import { redirected } from "./redirect.js";

/** Methods that may be sent again on another connection when a kept one turns out to be closed. */
const REPEATABLE = new Set(["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]);
/** How often: each time one kept connection less is there. */
const MAX_REPEATS = 5;
const MAX_REDIRECTS = 5;

/** Sends everything that the SDK sends over HTTP; one process has several, each with connections of its own. */
export class HttpClient {
  private readonly connections: Connections;

  /** @param proxies - to go through. Default: those that the environment names */
  constructor(proxies?: ProxyVariables) {
    this.connections = new Connections(proxies);
  }

  /**
   * Sends a request and follows redirects.
   *
   * @param request - what to send
   * @param limits - time-outs of each request
   * @returns the answer, whatever its status
   * @throws TransferError REQUEST_INVALID, HTTP_STATUS for a redirect to another scheme, CONNECT_FAILED, CONNECT_TIMEOUT, CONNECTION_LOST, IDLE_TIMEOUT, REQUEST_TIMEOUT, ABORTED
   */
  async send(request: HttpRequest, limits: TimeLimits): Promise<HttpAnswer> {
    let current = request;
    for (let redirects = 0; ; redirects += 1) {
      const answer = await this.sendOnce(current, limits);
      if (redirects === MAX_REDIRECTS) return answer;
      const next = nextOf(current, answer);
      if (next === undefined) return answer;
      answer.discard();
      current = next;
    }
  }

  /** Closes the connections; requests in flight fail. */
  close(): void {
    this.connections.close();
  }

  private async sendOnce(request: HttpRequest, limits: TimeLimits): Promise<HttpAnswer> {
    const isRepeatable = REPEATABLE.has(request.method) || request.isRepeatable;
    for (let repeats = 0; ; repeats += 1) {
      try {
        return await this.exchange(request, limits);
      } catch (error) {
        if (!isRepeatable || repeats === MAX_REPEATS || !this.connections.wasUsed((error as Error).cause)) throw error;
      }
    }
  }

  private async exchange(request: HttpRequest, limits: TimeLimits): Promise<HttpAnswer> {
    const { url, signal } = request;
    const { connectMs, idleMs, totalMs } = limits;
    const stop = new AbortController();
    const abort = () => stop.abort(new TransferError("ABORTED", "stopped", { url }));
    const isLate = () => stop.abort(new TransferError("REQUEST_TIMEOUT", `not complete within ${totalMs} ms`, { url }));
    // It also keeps the process alive until the answer is read.
    const timer = setTimeout(isLate, totalMs);
    const leave = this.connections.enter();
    const end = () => {
      leave();
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    };
    const stopped = new Promise<never>((_, reject) => {
      stop.signal.addEventListener("abort", () => reject(stop.signal.reason as Error), { once: true });
    });
    stopped.catch(() => undefined);
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted) abort();
    try {
      const options = optionsOf(request);
      const connection = await this.connections.to(options.origin, connectMs);
      const sent = connection.request({
        ...options,
        signal: stop.signal,
        headersTimeout: idleMs,
        bodyTimeout: idleMs,
        responseHeaders: "raw",
      });
      // The signal by itself is seen only when the connection is there.
      const { body, statusCode, headers } = await Promise.race([sent, stopped]);
      body.once("close", end);
      // Readers get an error by their loop; after the last one has left, an error is not told.
      body.on("error", () => undefined);
      return {
        url,
        status: statusCode,
        ...headersOf(headers as unknown as string[]),
        body: readBody(body, url, limits),
        discard: () => void body.destroy(),
      };
    } catch (error) {
      end();
      throw asTransferError(error as NodeJS.ErrnoException, url, limits);
    }
  }
}

type SendOptions = Pick<Dispatcher.RequestOptions, "path" | "method" | "headers"> & {
  origin: string;
  body: NonNullable<Dispatcher.RequestOptions["body"]> | null;
};

function optionsOf({ method, url, headers, body, connectTo, onSent }: HttpRequest): SendOptions {
  const { scheme, host, target } = splitUrl(url);
  const via = connectTo === undefined ? { scheme, host } : splitUrl(connectTo.includes("://") ? connectTo : `${scheme}://${connectTo}`);
  const length = body === undefined ? {} : { "content-length": String(lengthOf(body)) };
  // One of each name, whatever its case: the caller's.
  const sent = new Map(
    Object.entries({ host, ...length, ...headers }).map(([name, value]) => [name.toLowerCase(), [name, value] as const]),
  );
  return {
    origin: `${via.scheme}://${via.host}`,
    path: target,
    method: method as Dispatcher.HttpMethod,
    headers: Object.fromEntries(sent.values()),
    body: sentBody(body, onSent),
  };
}

function lengthOf(body: NonNullable<HttpRequest["body"]>): number {
  return isFile(body) ? body.bytes : Buffer.byteLength(body);
}

function sentBody(body: HttpRequest["body"], onSent: HttpRequest["onSent"]): SendOptions["body"] {
  if (body === undefined) return null;
  if (isFile(body)) return body.bytes === 0 ? null : createReadStream(body.path, { end: body.bytes - 1 });
  return body instanceof Uint8Array && (onSent || body.length > PIECE_BYTES) ? (piecesOf(body, onSent) as never) : body;
}

function isFile(body: NonNullable<HttpRequest["body"]>): body is FileBody {
  return typeof body === "object" && "path" in body;
}

/** Length of the pieces of a long body in bytes: ten a second on 2.5 MB/s. Each that is gone counts as a byte in one direction. */
const PIECE_BYTES = 256 * 1024;

async function* piecesOf(body: Uint8Array, onSent: HttpRequest["onSent"]): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < body.length; at += PIECE_BYTES) {
    const piece = body.subarray(at, at + PIECE_BYTES);
    yield piece;
    onSent?.(piece.length);
  }
}

async function* readBody(body: AsyncIterable<Buffer>, url: string, limits: TimeLimits): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (error) {
    throw asTransferError(error as NodeJS.ErrnoException, url, limits, true);
  }
}

function nextOf(request: HttpRequest, answer: HttpAnswer): HttpRequest | undefined {
  try {
    return redirected(request, answer);
  } catch (error) {
    answer.discard();
    throw error;
  }
}
