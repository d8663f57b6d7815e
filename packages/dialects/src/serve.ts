import { decodedBody } from "./decoded-body.js";
import type { Dialect, DialectAnswer, DialectRequest, Read, Route, Sink } from "./ports.js";
import { RefusedError } from "./refused-error.js";

/**
 * Answers one request of a client. Never rejects: a failure is an answer in the client's own form. The body is read to its end whatever a route did with it:
 * a client that still sends would not see the answer, and what is left would stand before its next request.
 *
 * @param dialect - what the client speaks
 * @param request - the request
 * @param sink - where its records go
 * @param read - where it reads back
 */
export async function serveDialect(dialect: Dialect, request: DialectRequest, sink: Sink, read: Read): Promise<DialectAnswer> {
  const chunks = request.body[Symbol.asyncIterator]();
  // Without a `return`: a route that stops reading does not end the connection.
  const body = { [Symbol.asyncIterator]: () => ({ next: () => chunks.next() }) };
  try {
    const decoded = { ...request, body: decodedBody(body, request.headers["content-encoding"]) };
    for (const route of dialect.routes) {
      const parts = route.method === request.method ? matchPath(route.path, request.path) : undefined;
      if (parts) return await route.handle({ request: decoded, parts, sink, read });
    }
    throw new RefusedError("unknown", `AVA does not know ${request.method} ${request.path}`);
  } catch (error) {
    return dialect.refuse(error);
  } finally {
    await readToEnd(chunks);
  }
}

async function readToEnd(chunks: AsyncIterator<unknown>): Promise<void> {
  try {
    while ((await chunks.next()).done !== true);
  } catch {
    // The client has gone: it needs no answer.
  }
}

/**
 * @param pattern - path of a {@link Route}
 * @param path - of a request, percent-encoded
 * @returns the named parts, decoded; `undefined` when the path is another one
 * @throws RefusedError `invalid` for what cannot be decoded
 */
export function matchPath(pattern: Route["path"], path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const found = path.split("/");
  const parts: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    if (part.startsWith("*")) {
      parts[part.slice(1)] = decode(found.slice(index).join("/"));
      return found.length > index ? parts : undefined;
    }
    const segment = found[index];
    if (segment === undefined) return undefined;
    if (part.startsWith(":")) parts[part.slice(1)] = decode(segment);
    else if (part !== segment) return undefined;
  }
  return found.length === wanted.length ? parts : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new RefusedError("invalid", "the address has a wrong percent escape in it");
  }
}
