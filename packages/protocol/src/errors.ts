/** Error codes of the platform's HTTP API and the status each is answered with. Match the code, never the message. */
export const ERROR_STATUS = {
  bad_request: 400,
  bad_records: 400,
  bad_line_protocol: 400,
  ambiguous_series: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  seq_gap: 409,
  conflict: 409,
  deleted: 410,
  body_too_large: 413,
  limit_exceeded: 422,
  too_many_attempts: 429,
  internal: 500,
  store_damaged: 500,
  stopping: 503,
  store_failed: 503,
  store_full: 507,
} as const;

/** Code of an API error. */
export type ErrorCode = keyof typeof ERROR_STATUS;

/** JSON body of every error answer; `ack` comes only with `seq_gap`, `restorableUntil` (ISO 8601) only with `deleted` of an instance. */
export interface ErrorBody {
  error: { code: ErrorCode; message: string };
  ack?: number;
  restorableUntil?: string;
}
