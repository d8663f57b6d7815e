import { urlsafeBase64 } from "./sign.js";

/**
 * @param bucket - name of the bucket
 * @param key - key of the object; absent: the entry names the bucket; empty: the object with the empty key
 * @returns the entry as management paths carry it
 */
export function encodedEntry(bucket: string, key?: string | null): string {
  return urlsafeBase64(key == null ? bucket : `${bucket}:${key}`);
}
