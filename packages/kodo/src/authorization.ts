import { sign } from "./sign.js";
import { splitUrl } from "./url.js";

/** A request to be authorized. */
export interface AuthorizedRequest {
  /** Default `GET`. */
  method?: string | undefined;
  /** Absolute URL, as it goes over the wire. */
  url: string;
  /** Value of the header `Content-Type`; absent or empty: `Content-Type` of `headers`. */
  contentType?: string | null | undefined;
  /** Headers of the request; those that begin with `X-Qiniu-` are signed, `Host` and `Content-Type` are known. */
  headers?: Readonly<Record<string, string>> | undefined;
  body?: string | Uint8Array | null | undefined;
}

/** What of a request is signed, as it goes over the wire. */
export interface SignedRequest {
  method: string;
  /** Path and query, raw. */
  target: string;
  /** With the port unless it is the scheme's own. */
  host: string;
  /** Value of the header `Content-Type`; empty: the request has none, and its body is not signed. */
  contentType: string;
  /** Those that begin with `X-Qiniu-` are signed. */
  headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  body: string | Uint8Array;
}

/** Signed, and to be sent, where a management request names no content type, also with `GET`. */
export const DEFAULT_CONTENT_TYPE = "application/x-www-form-urlencoded";

/**
 * The older management authorization: covers path, query and a form body.
 *
 * @param request - what is sent; a body without a content type counts as a form
 * @param accessKey - access key of the account
 * @param secretKey - secret key of the account
 * @returns value of the header `Authorization`
 * @throws TypeError when the URL is not an absolute http or https URL
 */
export function qboxAuthorization(request: AuthorizedRequest, accessKey: string, secretKey: string): string {
  const isForm = mediaType(contentTypeOf(request)) === DEFAULT_CONTENT_TYPE;
  return `QBox ${accessKey}:${sign(secretKey, `${splitUrl(request.url).target}\n`, (isForm && request.body) || "")}`;
}

/**
 * The management authorization: covers method, path, query, host, content type, `X-Qiniu-*` headers, and the body unless it is
 * `application/octet-stream`. A request without a content type is signed with {@link DEFAULT_CONTENT_TYPE} and has to be sent with it.
 *
 * @param request - what is sent
 * @param accessKey - access key of the account
 * @param secretKey - secret key of the account
 * @returns value of the header `Authorization`
 * @throws TypeError when the URL is not an absolute http or https URL
 */
export function qiniuAuthorization(request: AuthorizedRequest, accessKey: string, secretKey: string): string {
  const { host, target } = splitUrl(request.url);
  const signed = {
    method: (request.method ?? "GET").toUpperCase(),
    target,
    host: headerOf(request, "host") ?? host,
    contentType: contentTypeOf(request),
    headers: request.headers ?? {},
    body: request.body ?? "",
  };
  return authorizationOf(signed, accessKey, secretKey);
}

/**
 * The management authorization that a request has to carry as it came, also one without a content type, which {@link qiniuAuthorization} does not make.
 *
 * @param request - what came
 * @param accessKey - access key of the account
 * @param secretKey - secret key of the account
 * @returns value of the header `Authorization`
 */
export function authorizationOf(request: SignedRequest, accessKey: string, secretKey: string): string {
  const { method, target, host, contentType, headers, body } = request;
  const head = [
    `${method} ${target}`,
    `Host: ${host}`,
    ...(contentType === "" ? [] : [`Content-Type: ${contentType}`]),
    ...qiniuHeaders(headers),
    "\n",
  ].join("\n");
  const isBodySigned = contentType !== "" && mediaType(contentType) !== "application/octet-stream";
  return `Qiniu ${accessKey}:${sign(secretKey, head, isBodySigned ? body : "")}`;
}

function contentTypeOf(request: AuthorizedRequest): string {
  return request.contentType || headerOf(request, "content-type") || DEFAULT_CONTENT_TYPE;
}

function mediaType(contentType: string): string {
  return (contentType.split(";", 1)[0] ?? "").trim().toLowerCase();
}

function headerOf({ headers = {} }: AuthorizedRequest, name: string): string | undefined {
  return Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
}

/** @returns `X-Qiniu-Abc: value` for each such header, by name; the bare prefix is not one of them */
function qiniuHeaders(headers: SignedRequest["headers"]): string[] {
  return Object.entries(headers)
    .filter(([name]) => /^x-qiniu-./i.test(name))
    .map(([name, value]) => [name.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase()), value] as const)
    .sort(([a], [b]) => (a < b ? -1 : Number(a > b)))
    .map(([name, value]) => `${name}: ${String(value)}`);
}
