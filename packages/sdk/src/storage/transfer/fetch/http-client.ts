import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { splitUrl } from "ava-kodo";
import { TransferError } from "../transfer-error.js";
import type { HttpAnswer, HttpRequest } from "./http-exchange.js";
import { redirected } from "./redirect.js";

/** Limits of one request in milliseconds. */
export interface TimeLimits {
  /** Until the connection is there. */
  connectMs: number;
  /** Without a byte in either direction. */
  idleMs: number;
  /** For the whole request with its answer. */
  totalMs: number;
}

/** Methods that may be sent again on a new connection when a kept one turns out to be closed. */
const REPEATABLE = new Set(["GET", "HEAD", "PUT", "DELETE", "OPTIONS"]);
const MAX_REDIRECTS = 5;

/** Sends requests over kept-alive connections. */
export class HttpClient {
  private readonly http = new HttpAgent({ keepAlive: true });
  private readonly https = new HttpsAgent({ keepAlive: true });

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
    this.http.destroy();
    this.https.destroy();
  }

  private async sendOnce(request: HttpRequest, limits: TimeLimits): Promise<HttpAnswer> {
    try {
      return await this.exchange(request, limits);
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error;
      return this.exchange(request, limits, true);
    }
  }

  private exchange(request: HttpRequest, limits: TimeLimits, isConnectionNew = false): Promise<HttpAnswer> {
    const { url, signal } = request;
    return new Promise((resolve, reject) => {
      let sent: ClientRequest;
      try {
        sent = this.start(request, isConnectionNew);
      } catch (cause) {
        reject(new TransferError("REQUEST_INVALID", cause instanceof Error ? cause.message : "request", { url }));
        return;
      }
      let answered: IncomingMessage | undefined;
      const end = (error: TransferError) => (answered ?? sent).destroy(error);
      const abort = () => end(new TransferError("ABORTED", "stopped", { url }));
      const connectTimer = setTimeout(() => {
        end(new TransferError("CONNECT_TIMEOUT", `no connection within ${limits.connectMs} ms`, { url }));
      }, limits.connectMs);
      const totalTimer = setTimeout(() => {
        end(new TransferError("REQUEST_TIMEOUT", `not complete within ${limits.totalMs} ms`, { url }));
      }, limits.totalMs);
      const isStalled = () => end(new TransferError("IDLE_TIMEOUT", `no byte for ${limits.idleMs} ms`, { url }));
      sent.setTimeout(limits.idleMs, isStalled);
      sent.once("socket", (socket) => {
        if (!socket.connecting) clearTimeout(connectTimer);
        else socket.once("encrypted" in socket ? "secureConnect" : "connect", () => clearTimeout(connectTimer));
      });
      sent.on("error", (error: NodeJS.ErrnoException) => {
        const isStale = sent.reusedSocket && (error.code === "ECONNRESET" || error.code === "EPIPE") && REPEATABLE.has(request.method);
        reject(isStale && answered === undefined ? new StaleConnection() : asTransferError(error, url, sent));
      });
      sent.once("close", () => {
        clearTimeout(connectTimer);
        clearTimeout(totalTimer);
        signal?.removeEventListener("abort", abort);
      });
      sent.once("response", (message: IncomingMessage) => {
        answered = message;
        sent.setTimeout(0);
        // An error after the last reader has left is nobody's.
        message.on("error", () => undefined);
        resolve({
          url,
          status: message.statusCode ?? 0,
          headers: message.headers,
          headerLists: message.headersDistinct,
          body: readBody(message, limits.idleMs, url),
          discard: () => message.destroy(),
        });
      });
      if (signal?.aborted) abort();
      signal?.addEventListener("abort", abort, { once: true });
      writeBody(sent, request);
    });
  }

  private start({ method, url, headers, body, connectTo }: HttpRequest, isConnectionNew: boolean): ClientRequest {
    const { scheme, host, target } = splitUrl(url);
    const via = connectTo === undefined ? { scheme, host } : splitUrl(connectTo.includes("://") ? connectTo : `${scheme}://${connectTo}`);
    const [, name, port] = /^(.*?)(?::(\d+))?$/.exec(via.host) ?? [];
    const options = {
      method,
      host: name?.replace(/^\[(.*)\]$/, "$1"),
      ...(port === undefined ? {} : { port: Number(port) }),
      path: target,
      headers: { host, ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }), ...headers },
    };
    if (via.scheme === "http") return httpRequest({ ...options, agent: isConnectionNew ? false : this.http });
    const servername = host.replace(/:\d+$/, "");
    return httpsRequest({
      ...options,
      agent: isConnectionNew ? false : this.https,
      ...(/^[\d.]+$|^\[/.test(servername) ? {} : { servername }),
    });
  }
}

/** Length of the pieces of a body that is watched, in bytes: ten a second on 2.5 MB/s. */
const WATCHED_PIECE_BYTES = 256 * 1024;

function writeBody(sent: ClientRequest, { body, onSent }: HttpRequest): void {
  if (!onSent || !(body instanceof Uint8Array)) {
    sent.end(body);
    return;
  }
  const writeFrom = (at: number) => {
    const piece = body.subarray(at, at + WATCHED_PIECE_BYTES);
    if (piece.length === 0) sent.end();
    // A failure shows as the request's own error.
    else sent.write(piece, (error) => error ?? (onSent(piece.length), writeFrom(at + piece.length)));
  };
  writeFrom(0);
}

/** A kept connection that the server had closed when it was used again. */
class StaleConnection extends Error {}

async function* readBody(message: IncomingMessage, idleMs: number, url: string): AsyncGenerator<Buffer> {
  let isWaiting = true;
  const stalled = new TransferError("IDLE_TIMEOUT", `no byte for ${idleMs} ms`, { url });
  // Counts only the time in which the reader waits: a slow disk is not a stalled server.
  const timer = setTimeout(() => void (isWaiting && message.destroy(stalled)), idleMs);
  try {
    for await (const chunk of message as AsyncIterable<Buffer>) {
      isWaiting = false;
      yield chunk;
      isWaiting = true;
      timer.refresh();
    }
  } catch (error) {
    throw asTransferError(error as Error, url);
  } finally {
    clearTimeout(timer);
  }
}

function asTransferError(error: NodeJS.ErrnoException, url: string, sent?: ClientRequest): TransferError {
  if (error instanceof TransferError) return error;
  const why = error.code ?? error.message;
  const isConnected = sent === undefined || (sent.socket !== null && !sent.socket.connecting && sent.socket.remoteAddress !== undefined);
  const isLost = isConnected || error.code === "ECONNRESET" || error.code === "EPIPE";
  return isLost
    ? new TransferError("CONNECTION_LOST", `the connection ended early (${why})`, { url, cause: error })
    : new TransferError("CONNECT_FAILED", `no connection (${why})`, { url, cause: error });
}

function nextOf(request: HttpRequest, answer: HttpAnswer): HttpRequest | undefined {
  try {
    return redirected(request, answer);
  } catch (error) {
    answer.discard();
    throw error;
  }
}
