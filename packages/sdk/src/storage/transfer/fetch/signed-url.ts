import { privateUrl } from "ava-kodo";

/** Keys of an account. */
export interface KeyPair {
  accessKey: string;
  secretKey: string;
}

/** Life of a signature in seconds: each request has its own, the rest is for clocks that differ. */
const LIFE_S = 3600;

/** The end that signing adds; anything behind it is ignored by servers and by us. */
const SIGNATURE = /[?&]e=\d+&token=([^:&#]+):[^&#]*/;

/**
 * Makes the URL for one request; called anew for each, so that a signature never gets old in a long transfer.
 *
 * @param url - signed or not
 * @param keys - where known
 * @param isSignatureNeeded - also sign a URL that is not signed; one that these keys have signed is signed anew in any case
 * @param nowMs - the time now in milliseconds since 1970
 * @returns the URL to send
 */
export function signedNow(url: string, keys: KeyPair | undefined, isSignatureNeeded: boolean, nowMs: number = Date.now()): string {
  const signature = SIGNATURE.exec(url);
  const isOurs = signature !== null && signature[1] === keys?.accessKey;
  if (keys === undefined || (signature === null ? !isSignatureNeeded : !isOurs)) return url;
  const base = signature === null ? url : url.slice(0, signature.index);
  return privateUrl(base.replace(/#.*$/s, ""), Math.floor(nowMs / 1000) + LIFE_S, keys.accessKey, keys.secretKey);
}
