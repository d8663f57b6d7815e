import { ERROR_STATUS, type ErrorCode } from "ava-protocol";

/** Why a platform could not start; the message says what to do. */
export type StartErrorCode =
  | "usage"
  | "port_taken"
  | "cannot_listen"
  | "data_dir_unusable"
  | "store_locked"
  | "store_newer"
  | "store_damaged";

/** The one error of this package: a stable code, a sentence for people, and what comes with some codes. */
export class PlatformError extends Error {
  override readonly name = "PlatformError";
  readonly code: ErrorCode | StartErrorCode;
  readonly ack: number | undefined;
  readonly restorableUntil: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  /**
   * @param code - match this, not the message
   * @param message - what is wrong and what to do
   * @param options - `cause`, `ack` for `seq_gap`, `restorableUntil` (ISO 8601) for `deleted`, `retryAfterSeconds` for `too_many_attempts`
   */
  constructor(
    code: ErrorCode | StartErrorCode,
    message: string,
    options: { cause?: unknown; ack?: number; restorableUntil?: string; retryAfterSeconds?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.ack = options.ack;
    this.restorableUntil = options.restorableUntil;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** HTTP status of the answer; errors of the start have none of their own. */
  get status(): number {
    return this.code in ERROR_STATUS ? ERROR_STATUS[this.code as ErrorCode] : 500;
  }
}

/** @param id - of an instance @returns the error that answers a request for one that is not there */
export function notFound(id: string): PlatformError {
  return new PlatformError("not_found", `There is no instance ${id}.`);
}

/** @param name - of a saved view @returns the error that answers a request for one that is not there */
export function noView(name: string): PlatformError {
  return new PlatformError("not_found", `There is no view ${name}.`);
}

/** @param message - a sentence about damage in the store @returns the error that answers a request for what is damaged */
export function damaged(message: string): PlatformError {
  return new PlatformError("store_damaged", message);
}

/**
 * @param error - anything that was thrown
 * @returns its `code` when it is an error of the operating system or of SQLite
 */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
