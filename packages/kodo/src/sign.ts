import { createHmac } from "node:crypto";

/**
 * @param data - bytes, or text that is taken as UTF-8
 * @returns base64 in the URL alphabet with its padding kept, as Kodo wants it everywhere
 */
export function urlsafeBase64(data: string | Uint8Array): string {
  const bytes = typeof data === "string" ? Buffer.from(data) : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return bytes.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
}

/**
 * @param text - base64 of either alphabet, with or without padding
 * @returns the bytes
 */
export function fromUrlsafeBase64(text: string): Buffer {
  return Buffer.from(text, "base64url");
}

/**
 * @param secretKey - secret key of the account
 * @param pieces - what is signed, one piece after the other
 * @returns urlsafe base64 of the HMAC-SHA1
 */
export function sign(secretKey: string, ...pieces: (string | Uint8Array)[]): string {
  const hmac = createHmac("sha1", secretKey);
  for (const piece of pieces) hmac.update(piece);
  return urlsafeBase64(hmac.digest());
}
