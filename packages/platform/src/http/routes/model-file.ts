import { Readable } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import { readRange } from "../../blobs/byte-range.js";
import { kodoDownload } from "../../blobs/kodo-url.js";
import { PlatformError } from "../../error.js";
import { openModelFile } from "../../models/model-file.js";
import { modelOf } from "../../query/models.js";
import type { ModelSpec } from "../../store/contract/model.js";
import type { Routes } from "../context.js";
import { ERROR, text } from "../schema.js";

/** Route of models' files; a signed link opens it without the token. */
export const MODEL_FILE_PATH = "/v1/models/:name/file";

const BYTES = { type: "string", format: "binary" };

/** `GET /v1/models/:name/file`: the file from this machine, or the way to where it lies. */
export const modelFileRoutes: Routes = (app, { store, clock, kodo }) => {
  const schema = {
    tags: ["models"],
    summary: "The model's file: streamed from this machine, or a redirect to Kodo",
    querystring: {
      type: "object",
      properties: {
        version: text("the newest when absent"),
        expires: text("Unix seconds; of a signed link, with `sign`"),
        sign: text("opens the file without a token until then; links are in `download` of a model"),
      },
    },
    response: {
      200: { ...BYTES, description: "the whole file" },
      206: { ...BYTES, description: "the bytes that `Range` asks for" },
      302: { type: "null", description: "a URL of Kodo that works for ten minutes" },
      "4xx": ERROR,
      "5xx": ERROR,
    },
  };
  app.get<{ Params: { name: string }; Querystring: { version?: string } }>(MODEL_FILE_PATH, { schema }, async (request, reply) => {
    const { spec } = await modelOf(store, request.params.name, request.query.version);
    const file = typeof spec["file"] === "string" ? spec["file"] : "";
    reply.header("cache-control", "no-store");
    if (file.startsWith("file:")) return sendFile(spec, request, reply);
    if (file.startsWith("qiniu:")) return reply.redirect(kodoDownload(file, kodo, clock.now()), 302);
    const where = file === "" ? "The model was registered without a file" : `The file lies at ${file}`;
    throw new PlatformError("conflict", `${where}; the platform gives out those of file: and qiniu: addresses.`);
  });
};

async function sendFile(spec: ModelSpec, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { handle, path, bytes } = await openModelFile(spec);
  const etag = typeof spec["hash"] === "string" && /^[\w=+/.-]+$/.test(spec["hash"]) ? `"${spec["hash"]}"` : undefined;
  const ifRange = request.headers["if-range"];
  const range = ifRange === undefined || ifRange === etag ? readRange(request.headers.range, bytes) : undefined;
  if (etag !== undefined) reply.header("etag", etag);
  reply
    .type("application/octet-stream")
    .header("accept-ranges", "bytes")
    .header("content-disposition", `attachment; filename="${fileName(spec.name, path)}"`);
  if (range === "unsatisfiable") {
    await handle.close();
    return reply.code(416).header("content-length", 0).header("content-range", `bytes */${bytes}`).send();
  }
  const { start, end } = range ?? { start: 0, end: bytes - 1 };
  const length = end - start + 1;
  if (range !== undefined) reply.code(206).header("content-range", `bytes ${start}-${end}/${bytes}`);
  reply.header("content-length", length);
  if (request.method === "HEAD" || length === 0) {
    await handle.close();
    return reply.send(Readable.from([]));
  }
  const content = handle.createReadStream({ start, end });
  content.once("end", () => {
    // A file that became shorter meanwhile: the client must see that something is missing.
    if (content.bytesRead < length) request.raw.socket.destroy();
  });
  return reply.send(content);
}

/** Name for the file at the client's: that of the model with the ending of the stored file. */
function fileName(model: string, path: string): string {
  const [ending = ""] = /(\.tar)?\.\w{1,16}$/.exec(path) ?? [];
  return `${model
    .replaceAll(/[^\w.-]/g, "_")
    .replace(/^\.+/, "_")
    .slice(0, 200)}${ending}`;
}
