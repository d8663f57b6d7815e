import { createHmac } from "node:crypto";

/**
 * @param secretKey - secret key of an account
 * @param pieces - what is signed, one piece after the other
 * @returns Kodo's signature: HMAC-SHA1 in the alphabet of URLs, its padding kept
 */
export function kodoSign(secretKey: string, ...pieces: (string | Uint8Array)[]): string {
  const hmac = createHmac("sha1", secretKey);
  for (const piece of pieces) hmac.update(piece);
  return hmac.digest("base64").replaceAll("+", "-").replaceAll("/", "_");
}
