import type { Routes } from "../context.js";
import { ERROR, object, text } from "../schema.js";

/** Bytes that may wait for one slow client; beyond that its stream is ended, and it comes back with a fresh view. */
const WAITING_BYTES = 1_048_576;

/** How often a comment is sent, so that nobody between takes the stream for dead, in milliseconds. */
const COMMENT_MS = 15_000;

/** Streams at one time. */
const MAX_CLIENTS = 1000;

/** `GET /v1/live`: server-sent events about changes. */
export const liveRoutes: Routes = (app, { hub }) => {
  const schema = {
    tags: ["live"],
    summary: "Server-sent events `change` with what changed in an instance",
    querystring: object({ instance: text("only this instance") }, []),
    response: { "4xx": ERROR },
  };
  const open = new Set<() => void>();
  app.addHook("preClose", async () => {
    for (const end of open) end();
  });
  app.get<{ Querystring: { instance?: string } }>("/v1/live", { schema }, (request, reply) => {
    if (hub.clients >= MAX_CLIENTS) throw Object.assign(new Error(`More than ${MAX_CLIENTS} live streams are open.`), { statusCode: 400 });
    const only = request.query.instance;
    reply.hijack();
    const stream = reply.raw;
    stream.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" });
    const write = (chunk: string): void => {
      if (stream.writableLength > WAITING_BYTES) stream.destroy();
      else stream.write(chunk);
    };
    write("retry: 2000\n\n");
    const stopListening = hub.listen((change) => {
      if (only === undefined || change.instance === only) write(`event: change\ndata: ${JSON.stringify(change)}\n\n`);
    });
    const comments = setInterval(() => write(": still here\n\n"), COMMENT_MS);
    const end = (): void => {
      clearInterval(comments);
      stopListening();
      open.delete(end);
      stream.end();
    };
    open.add(end);
    stream.on("close", end);
    stream.on("error", end);
  });
};
