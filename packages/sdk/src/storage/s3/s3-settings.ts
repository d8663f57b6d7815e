import type { TimeLimits } from "../transfer/http/http-exchange.js";

/** Keys and patience of a client. */
export interface S3Settings {
  /** With the secret key; absent: what the package finds (environment, profile, role). */
  accessKey?: string | undefined;
  secretKey?: string | undefined;
  /** Time-outs of each request. @defaultValue 20 s to connect, 60 s without a byte */
  limits?: TimeLimits | undefined;
  /** Tries of one request, the first among them. @defaultValue 8 */
  tries?: number | undefined;
}
