import { unescapeAddressKey } from "ava-protocol";
import { TransferError } from "../transfer-error.js";

/** An object of Kodo. */
export interface QiniuUrl {
  bucket: string;
  /** Raw, not escaped. */
  key: string;
  /** With its question mark; empty when there is none. */
  query: string;
}

/**
 * Reads `qiniu://<zone>/<bucket>/<key>`, `qiniu://<uid>@<zone>/<bucket>/<key>`, `qiniu:///<bucket>/<key>` and the path `/<bucket>/<key>`. The
 * key is everything behind the bucket as it stands there, but for `%3F`, `%23` and `%25`; what follows the first `?` is the query. The zone says nothing: the bucket knows it.
 *
 * @param url - one of these forms
 * @returns what it names
 * @throws TransferError REQUEST_INVALID
 */
export function splitQiniuUrl(url: string): QiniuUrl {
  const [, bucket, key, query = ""] = /^(?:qiniu:\/\/[^/]*)?\/([^/?]+)\/([^?]+)(\?.*)?$/s.exec(url) ?? [];
  if (bucket === undefined || key === undefined) {
    throw new TransferError(
      "REQUEST_INVALID",
      "give the object as qiniu://<zone>/<bucket>/<key>, qiniu:///<bucket>/<key> or /<bucket>/<key>",
    );
  }
  return { bucket, key: unescapeAddressKey(key), query: query === "?" ? "" : query };
}

/** @param url - any address @returns whether it is of the scheme `qiniu:` */
export function isQiniuUrl(url: string): boolean {
  return url.startsWith("qiniu://");
}
