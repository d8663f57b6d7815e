import { TransferError } from "../transfer-error.js";
import type { TimeLimits } from "./http-exchange.js";

const INVALID = new Set(["UND_ERR_INVALID_ARG", "UND_ERR_NOT_SUPPORTED", "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH"]);

/**
 * @param error - that undici or the system gave
 * @param url - of the request
 * @param limits - of the request, for the words
 * @param isAnswered - the answer had begun
 * @returns it with the code that says what it means
 */
export function asTransferError(error: NodeJS.ErrnoException, url: string, limits: TimeLimits, isAnswered = false): TransferError {
  if (error instanceof TransferError) return error;
  const { code = "", message } = error;
  if (INVALID.has(code) || error instanceof TypeError) return new TransferError("REQUEST_INVALID", message, { url });
  if (code === "UND_ERR_CONNECT_TIMEOUT") {
    return new TransferError("CONNECT_TIMEOUT", `no connection within ${limits.connectMs} ms`, { url, cause: error });
  }
  if (code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT") {
    return new TransferError("IDLE_TIMEOUT", `no byte for ${limits.idleMs} ms`, { url, cause: error });
  }
  const why = code === "" || code.startsWith("UND_ERR_") ? message : code;
  return isAnswered || isOfConnection(error)
    ? new TransferError("CONNECTION_LOST", `the connection ended early (${why})`, { url, cause: error })
    : new TransferError("CONNECT_FAILED", `no connection (${why})`, { url, cause: error });
}

/**
 * @param error - that {@link HttpClient.send} or a body threw
 * @returns why, in few words and without the URL: `ECONNREFUSED`, `no byte for 1000 ms`
 */
export function reasonOf(error: unknown): string {
  const { message, url, cause } = error as TransferError;
  const { code = "UND_ERR" } = (cause ?? {}) as NodeJS.ErrnoException;
  return code.startsWith("UND_ERR") ? message.replace(`: ${url}`, "") : code;
}

/** Whether an error happened on a connection that was there. */
function isOfConnection({ name, code = "", syscall }: NodeJS.ErrnoException): boolean {
  return name === "HTTPParserError" || syscall === "read" || syscall === "write" || /^(UND_ERR_|ECONNRESET$|EPIPE$)/.test(code);
}
