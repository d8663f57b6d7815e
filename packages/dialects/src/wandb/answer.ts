import type { DialectAnswer } from "../ports.js";
import { type RefusalKind, RefusedError } from "../refused-error.js";

const JSON_HEADERS = { "content-type": "application/json" };

/** The client sends again what is answered 5xx or 429, for days if need be; 4xx ends its stream. */
const STATUS: Readonly<Record<RefusalKind, number>> = {
  absent: 404,
  exists: 409,
  invalid: 400,
  unknown: 404,
  too_large: 413,
  unauthorized: 401,
  unavailable: 503,
};

/** @param value - an object @returns a good answer */
export function answer(value: object): DialectAnswer {
  return { status: 200, headers: JSON_HEADERS, body: JSON.stringify(value) };
}

/** @param error - any failure @returns the answer in the form of wandb's server */
export function refuse(error: unknown): DialectAnswer {
  const status = error instanceof RefusedError ? STATUS[error.kind] : 500;
  return { status, headers: JSON_HEADERS, body: JSON.stringify(errors(error instanceof Error ? error.message : String(error))) };
}

/** @param message - a sentence @returns the body of a refused GraphQL request */
export function errors(message: string): object {
  return { data: null, errors: [{ message }] };
}
