import type { Routes } from "../context.js";
import { ERROR, object, text } from "../schema.js";

/** Streams at one time. */
const MAX_CLIENTS = 1000;

/** `GET /v1/live`: server-sent events about changes. */
export const liveRoutes: Routes = (app, { feed }) => {
  const schema = {
    tags: ["live"],
    summary:
      "Server-sent events: `change` with what changed in an instance; `reset` when events were missed that are gone, so ask for everything anew; `alive` every 15 seconds",
    querystring: object({ instance: text("only this instance") }, []),
    headers: object({ "last-event-id": text("id of the last event that the client has: it is sent those that followed") }, []),
    response: { "4xx": ERROR },
  };
  app.addHook("preClose", async () => feed.close());
  // A stream for HEAD would send nothing, and stay open.
  const options = { schema, exposeHeadRoute: false };
  app.get<{ Querystring: { instance?: string }; Headers: { "last-event-id"?: string } }>("/v1/live", options, (request, reply) => {
    if (feed.size >= MAX_CLIENTS) throw Object.assign(new Error(`More than ${MAX_CLIENTS} live streams are open.`), { statusCode: 400 });
    reply.hijack();
    const stream = reply.raw;
    stream.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store", "x-accel-buffering": "no" });
    // A connection that breaks is closed: that is all there is to know.
    stream.on("error", () => undefined);
    feed.join(stream, request.query.instance, request.headers["last-event-id"]);
  });
};
