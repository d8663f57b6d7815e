import type { DialectAnswer } from "../ports.js";
import { type RefusalKind, RefusedError } from "../refused-error.js";

const JSON_HEADERS = { "content-type": "application/json" };

/** The client keeps what is refused and sends it again later; 404 means an older server to it. */
const STATUS: Readonly<Record<RefusalKind, number>> = {
  absent: 400,
  exists: 400,
  invalid: 400,
  unknown: 400,
  too_large: 413,
  unauthorized: 401,
  unavailable: 503,
};

/** @param value - an object @returns a good answer */
export function answer(value: object): DialectAnswer {
  return { status: 200, headers: JSON_HEADERS, body: JSON.stringify(value) };
}

/** @param error - any failure @returns the answer in the form of Trackio's server */
export function refuse(error: unknown): DialectAnswer {
  const status = error instanceof RefusedError ? STATUS[error.kind] : 500;
  return { status, headers: JSON_HEADERS, body: JSON.stringify({ error: error instanceof Error ? error.message : String(error) }) };
}
