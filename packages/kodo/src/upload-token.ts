import { fromUrlsafeBase64, sign, urlsafeBase64 } from "./sign.js";

/** What an upload may do. Fields that are not listed here are signed as they are. */
export interface PutPolicy {
  /** `bucket` (add only), `bucket:key` (that key, also over an old object), or `bucket:prefix` with `isPrefixalScope` 1. */
  scope: string;
  /** End of the token's life in Unix seconds. Absent: `expires` from now. */
  deadline?: number;
  /** Life of the token in seconds, where no `deadline` is given. Not part of what is signed. Default 3600. */
  expires?: number;
  insertOnly?: number;
  isPrefixalScope?: number;
  [field: string]: unknown;
}

/** Life of an upload token in seconds when the policy names none. */
const DEFAULT_EXPIRES = 3600;

/**
 * Makes an upload token.
 *
 * @param policy - what the upload may do; fields that are `null` or `undefined` are left out, zero and false are kept
 * @param accessKey - access key of the account
 * @param secretKey - secret key of the account
 * @param nowMs - the time now in milliseconds since 1970
 * @returns `<access key>:<sign>:<encoded policy>`
 */
export function uploadToken(policy: PutPolicy, accessKey: string, secretKey: string, nowMs: number = Date.now()): string {
  const { deadline, expires, ...fields } = policy;
  const given = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  const encodedPolicy = urlsafeBase64(
    JSON.stringify({
      ...Object.fromEntries(given),
      deadline: deadline ?? Math.floor(nowMs / 1000) + (expires || DEFAULT_EXPIRES),
    }),
  );
  return `${accessKey}:${sign(secretKey, encodedPolicy)}:${encodedPolicy}`;
}

/** What can be read from an upload token without the secret key. */
export interface DecodedUploadToken {
  accessKey: string;
  /** The scope up to its first colon. */
  bucket: string;
  policy: PutPolicy;
}

/**
 * Reads an upload token; its signature is not checked.
 *
 * @param token - from {@link uploadToken} or another maker
 * @returns what is in it; `undefined` when it is not an upload token
 */
export function decodeUploadToken(token: string): DecodedUploadToken | undefined {
  const first = token.indexOf(":");
  const last = token.lastIndexOf(":");
  if (first < 1 || last === first) return undefined;
  let policy: PutPolicy;
  try {
    policy = JSON.parse(fromUrlsafeBase64(token.slice(last + 1)).toString()) as PutPolicy;
  } catch {
    // Not a token: the answer says so.
    return undefined;
  }
  if (typeof policy?.scope !== "string") return undefined;
  return { accessKey: token.slice(0, first), bucket: policy.scope.split(":", 1)[0] ?? "", policy };
}
