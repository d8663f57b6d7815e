import { toWireNumber, writeJsonText } from "ava-protocol";
import type { DialectAnswer, SeriesPoint } from "../ports.js";
import { type RefusalKind, RefusedError } from "../refused-error.js";

const JSON_HEADERS = { "content-type": "application/json" };

/** MLflow's code and status of a refusal. Never 500 for a bad request: the client would repeat it for minutes. */
const CODES: Readonly<Record<RefusalKind, readonly [code: string, status: number]>> = {
  absent: ["RESOURCE_DOES_NOT_EXIST", 404],
  exists: ["RESOURCE_ALREADY_EXISTS", 400],
  invalid: ["INVALID_PARAMETER_VALUE", 400],
  unknown: ["ENDPOINT_NOT_FOUND", 404],
  too_large: ["BAD_REQUEST", 400],
  unauthorized: ["UNAUTHENTICATED", 401],
  unavailable: ["TEMPORARILY_UNAVAILABLE", 503],
};

/** @param value - an object; numbers of metrics by {@link metricJson} @returns a good answer */
export function answer(value: object = {}): DialectAnswer {
  return { status: 200, headers: JSON_HEADERS, body: writeJsonText(value) };
}

/** @param error - any failure @returns the answer in MLflow's form */
export function refuse(error: unknown): DialectAnswer {
  const [code, status] = error instanceof RefusedError ? CODES[error.kind] : ["INTERNAL_ERROR", 500];
  const message = error instanceof Error ? error.message : String(error);
  return { status, headers: JSON_HEADERS, body: JSON.stringify({ error_code: code, message }) };
}

/** @param key - of the metric @param point - one of its points @returns the point as MLflow has it */
export function metricJson(key: string, { value, timeNs, step }: SeriesPoint): object {
  return { key, value: toWireNumber(value), timestamp: Number(timeNs / 1_000_000n), step };
}
