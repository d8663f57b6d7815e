import { Readable } from "node:stream";
import {
  type Dialect,
  type DialectAnswer,
  influxDialect,
  mlflowDialect,
  RefusedError,
  serveDialect,
  trackioDialect,
  wandbDialect,
} from "ava-dialects";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { HttpContext, Routes } from "../context.js";
import { setHeaders } from "../guard.js";

/** Trackers whose clients the platform answers, each below its name: `/mlflow/...`. */
const TRACKERS: readonly Dialect[] = [mlflowDialect, wandbDialect, trackioDialect, influxDialect];

/** Stands before a ticket in an address. */
const TICKET = "-";

/**
 * `/mlflow/*`, `/wandb/*`: clients of other trackers, unmodified. They show the platform's token in their own way; where a client sends none (wandb's uploads), the
 * address that it was given holds a ticket: `/wandb/-/TICKET/...`.
 */
export const trackerRoutes: Routes = (app, context) => {
  // The bodies are read by the dialects.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  for (const dialect of TRACKERS) {
    app.route({
      method: ["GET", "POST", "PUT", "PATCH", "DELETE"],
      url: `/${dialect.name}/*`,
      schema: { hide: true },
      handler: (request, reply) => answerClient(context, dialect, request, reply),
    });
  }
};

async function answerClient(
  { access, trackers }: HttpContext,
  dialect: Dialect,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  setHeaders(reply.raw, true);
  const { pathname, searchParams } = new URL(request.raw.url ?? "/", "http://platform");
  const parts = pathname.split("/").slice(2);
  if (isPage(request, parts)) return reply.redirect(`/${parts.filter(Boolean).join("/")}`);
  const hasTicket = parts[0] === TICKET && access.uploads.isValid(parts[1] ?? "");
  const path = `/${(hasTicket ? parts.slice(2) : parts).join("/")}`;
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  if (!hasTicket && !dialect.isOpen(path) && !mayCome()) {
    return write(reply, dialect.refuse(new RefusedError("unauthorized", "This platform needs its token as the client's key.")));
  }
  const asked = {
    method: request.method,
    path,
    query: searchParams,
    headers,
    body: request.raw,
    origin: `${request.protocol}://${request.host}/${dialect.name}/${TICKET}/${access.uploads.make()}`,
  };
  return write(reply, await serveDialect(dialect, asked, trackers, trackers));

  function mayCome(): boolean {
    const token = dialect.tokenOf(headers);
    return access.callerOf(token === undefined ? request.headers : { authorization: `Bearer ${token}` }, request.ip) !== undefined;
  }
}

/** The address of a run that a client printed, opened in a browser, which keeps what stands behind `#`: the portal has such pages. */
function isPage({ method, headers: { accept = "" } }: FastifyRequest, [first, ...rest]: string[]): boolean {
  return method === "GET" && accept.includes("text/html") && (first === "" || (first !== "api" && rest.includes("runs")));
}

function write(reply: FastifyReply, { status, headers = {}, body }: DialectAnswer): FastifyReply {
  return reply
    .code(status)
    .headers({ ...headers })
    .send(typeof body === "string" ? body : Readable.from(body));
}
