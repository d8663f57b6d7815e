import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { type Dialect, type DialectAnswer, RefusedError, type RunMemory, serveDialect } from "ava-dialects";

/** What a tap answers with. */
export interface TapService {
  token: string;
  dialects: readonly Dialect[];
  memory: RunMemory;
}

/**
 * Answers a request of a client: `/<dialect>/...` with the token in the client's way, or `/<token>/<dialect>/...` where the client gives none.
 *
 * @param service - what answers
 * @param request - of a client on this machine
 * @param response - gets the answer
 */
export async function answerRequest(service: TapService, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://tap");
  const parts = pathname.split("/").slice(1);
  const hasToken = isToken(parts[0], service.token);
  const [name, ...rest] = hasToken ? parts.slice(1) : parts;
  const dialect = service.dialects.find((one) => one.name === name);
  if (!dialect) return write(response, { status: 404, body: "there is no such tracker here\n" });
  const path = `/${rest.join("/")}`;
  const headers = Object.fromEntries(Object.entries(request.headers).map(([key, value]) => [key, String(value)]));
  if (!hasToken && !dialect.isOpen(path) && !isToken(dialect.tokenOf(headers), service.token)) {
    request.resume();
    return write(response, dialect.refuse(new RefusedError("unauthorized", "this is not the token of the run")));
  }
  const asked = {
    method: request.method ?? "GET",
    path,
    query: searchParams,
    headers,
    body: request,
    origin: `http://${headers["host"] ?? ""}/${service.token}/${dialect.name}`,
  };
  const { memory } = service;
  await write(response, await serveDialect(dialect, asked, memory, memory));
}

function isToken(given: string | undefined, token: string): boolean {
  return given?.length === token.length && timingSafeEqual(Buffer.from(given), Buffer.from(token));
}

async function write(response: ServerResponse, { status, headers, body }: DialectAnswer): Promise<void> {
  response.writeHead(status, headers);
  if (typeof body === "string") response.end(body);
  else await pipeline(body, response);
}
