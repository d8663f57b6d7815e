import type { DialectAnswer } from "../ports.js";
import { type RefusalKind, RefusedError } from "../refused-error.js";

/** Status and code of a refusal; clients send again what is answered 429 or 5xx. */
const CODES: Readonly<Record<RefusalKind, readonly [status: number, code: string]>> = {
  absent: [404, "not found"],
  exists: [409, "conflict"],
  invalid: [400, "invalid"],
  unknown: [404, "not found"],
  too_large: [413, "request too large"],
  unauthorized: [401, "unauthorized"],
  unavailable: [503, "unavailable"],
};

/** @param error - any failure @returns the answer in the forms of both versions of InfluxDB */
export function refuse(error: unknown): DialectAnswer {
  const [status, code] = error instanceof RefusedError ? CODES[error.kind] : [500, "internal error"];
  const message = error instanceof Error ? error.message : String(error);
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify({ error: message, code, message }) };
}
