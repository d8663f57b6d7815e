import { AvaError } from "../place/error.js";

/** Where objects lie. */
export interface StoragePlace {
  bucket: string;
  /** Without a slash at its end, or with one; may be empty. */
  prefix: string;
  /** `http://host:port`; absent for that of the public cloud. */
  endpoint: string | undefined;
  /** For S3: `region` and `style` (`path` or `host`). */
  options: URLSearchParams;
}

/**
 * @param text - `bucket/prefix?endpoint=...&region=...&style=...`, also with `//` in front
 * @returns bucket and prefix, empty where there are none; the endpoint is checked
 * @throws AvaError STORAGE_INVALID for an endpoint that is none
 */
export function readPlace(text: string): StoragePlace {
  const [, bucket = "", prefix = "", query = ""] = /^(?:\/\/)?([^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(text) ?? [];
  const options = new URLSearchParams(query);
  return { bucket, prefix, endpoint: readEndpoint(options.get("endpoint")), options };
}

function readEndpoint(text: string | null): string | undefined {
  if (text === null) return undefined;
  // User and password in a URL would end up in messages.
  if (/^https?:\/\/[^/@?#]+\/?$/.test(text)) return text.replace(/\/$/, "");
  throw new AvaError("STORAGE_INVALID", "write the storage's endpoint as http://host:port or https://host");
}
