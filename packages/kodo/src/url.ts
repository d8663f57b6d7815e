import { sign } from "./sign.js";

/** A URL in the pieces that are signed and sent, not normalised: `.`, `//` and escapes stay what they are. */
export interface RawUrl {
  scheme: "http" | "https";
  /** `host[:port]`, without the port where it is the scheme's own. */
  host: string;
  /** From the first slash, with the query; never empty, without the fragment. */
  target: string;
}

const DEFAULT_PORTS = { http: ":80", https: ":443" } as const;

/**
 * @param url - an absolute http or https URL
 * @returns its pieces, escaped as they go over the wire
 * @throws TypeError when it is not a URL; the message does not contain the URL, which may carry a token
 */
export function splitUrl(url: string): RawUrl {
  const match = /^(https?):\/\/(?:[^/?#@]*@)?([^/?#@]+)([^#]*)/i.exec(url);
  if (!match?.[1] || !match[2]) throw new TypeError("not an absolute http or https URL");
  const scheme = match[1].toLowerCase() as "http" | "https";
  const port = DEFAULT_PORTS[scheme];
  const host = match[2].endsWith(port) ? match[2].slice(0, -port.length) : match[2];
  // A question mark with nothing behind it is not signed by servers, so it is not sent either.
  const target = escapeUrl(match[3] ?? "").replace(/^([^?]*)\?$/, "$1");
  return { scheme, host, target: target.startsWith("/") ? target : `/${target}` };
}

/**
 * Escapes what may not go over the wire raw (spaces, other scripts, stray `%`); what is escaped or has a meaning in a URL stays, so escaping
 * twice changes nothing. For a key use {@link escapeKey}.
 *
 * @param url - a URL or the end of one
 * @returns the URL in printable ASCII
 */
export function escapeUrl(url: string): string {
  return url
    .replace(/\p{Surrogate}/gu, "\uFFFD")
    .replace(/%(?![0-9A-Fa-f]{2})|[^!#$%&-;=?-[\]_a-z~]+/gu, (piece) => (piece === "%" ? "%25" : encodeURI(piece)));
}

/**
 * @param key - key of an object, raw
 * @returns the key for a URL: everything escaped but unreserved characters and slashes
 */
export function escapeKey(key: string): string {
  return encodeURIComponent(key.replace(/\p{Surrogate}/gu, "\uFFFD"))
    .replaceAll("%2F", "/")
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/**
 * Signs a download URL. The signature covers the whole URL as it goes over the wire: scheme, host, path and query.
 *
 * @param base - URL of the object, its key escaped with {@link escapeKey}; a query is kept before the signature
 * @param deadline - end of the URL's life in Unix seconds
 * @param accessKey - access key of the account
 * @param secretKey - secret key of the account
 * @returns the signed URL
 */
export function privateUrl(base: string, deadline: number, accessKey: string, secretKey: string): string {
  const url = escapeUrl(base);
  const signed = `${url}${url.includes("?") ? "&" : "?"}e=${deadline}`;
  return `${signed}&token=${accessKey}:${sign(secretKey, signed)}`;
}
