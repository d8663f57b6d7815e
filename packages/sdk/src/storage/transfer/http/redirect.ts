import { splitUrl } from "ava-kodo";
import { TransferError } from "../transfer-error.js";
import type { HttpAnswer, HttpRequest } from "./http-exchange.js";

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Not for another host or scheme. */
const CREDENTIALS = /^(authorization|proxy-authorization|cookie|x-amz-security-token)$/i;

/** Of a body that is left behind. */
const BODY_HEADERS = /^(content-(length|type|encoding|md5)|transfer-encoding)$/i;

/**
 * The request that an answer asks for. Credentials stay behind where host or scheme are others.
 *
 * @param request - that was answered
 * @param answer - its status and headers
 * @returns the request to send next; `undefined` where the answer is not a redirect that the request follows
 * @throws TransferError HTTP_STATUS for an address that is not http or https
 */
export function redirected(request: HttpRequest, { status, headers, url: answered }: HttpAnswer): HttpRequest | undefined {
  const { location } = headers;
  if (location === undefined || !REDIRECTS.has(status)) return undefined;
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (!isRead && !request.followsAll) return undefined;
  const from = splitUrl(request.url);
  const url = resolved(location, `${from.scheme}://${from.host}${from.target}`);
  if (url === undefined) {
    throw new TransferError("HTTP_STATUS", `the server answered ${status} with an address that is not http or https`, {
      url: answered,
      status,
    });
  }
  const to = splitUrl(url);
  const isSameHost = to.host === from.host;
  const isTrusted = isSameHost && to.scheme === from.scheme;
  const becomesGet = !isRead && (status === 302 || status === 303);
  const kept = Object.entries(request.headers ?? {}).filter(
    ([name]) => name.toLowerCase() !== "host" && (isTrusted || !CREDENTIALS.test(name)) && !(becomesGet && BODY_HEADERS.test(name)),
  );
  const { connectTo, body, ...rest } = request;
  return {
    ...rest,
    url,
    headers: Object.fromEntries(kept),
    ...(becomesGet ? { method: "GET" } : { body }),
    ...(isSameHost && connectTo !== undefined ? { connectTo } : {}),
  };
}

function resolved(location: string, base: string): string | undefined {
  try {
    const url = /^https?:\/\//i.test(location) ? location : new URL(location, base).href;
    splitUrl(url);
    return url;
  } catch {
    return undefined;
  }
}
