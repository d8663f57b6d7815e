import { Readable } from "node:stream";
import { checkFilePath, RefusedError } from "ava-dialects";
import { readRange } from "../../blobs/byte-range.js";
import { PlatformError } from "../../error.js";
import { attachment } from "../attachment.js";
import type { Routes } from "../context.js";
import { answers, ERROR, INSTANCE_PARAMS, list, object } from "../schema.js";

/** Files that one list has. */
const MOST_LISTED = 10_000;

const BYTES = { type: "string", format: "binary" };
const tags = ["files"];

/** `GET /v1/instances/:id/files`, `GET`, `PUT`, `DELETE /v1/instances/:id/files/*`: files of a run. In a scope of its own: any bytes are a body. */
export const fileRoutes: Routes = (app, { store, files }) => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (_request, _payload, done) => done(null));
  type Params = { id: string; "*": string };
  const path = "/v1/instances/:id/files/*";
  const params = { ...INSTANCE_PARAMS, properties: { ...(INSTANCE_PARAMS["properties"] as object), "*": { type: "string" } } };

  const all = {
    tags,
    summary: `Paths and sizes of the files of a run, up to ${MOST_LISTED}`,
    params: INSTANCE_PARAMS,
    response: answers(object({ files: list(object({ path: { type: "string" }, bytes: { type: "integer" } })) })),
  };
  app.get<{ Params: Params }>("/v1/instances/:id/files", { schema: all }, async ({ params: { id } }) => {
    await store.instance(id);
    return { files: await files.all(id, MOST_LISTED) };
  });

  const put = {
    tags,
    summary: "Keep a file of a run, in place of one of the same path",
    params,
    response: answers(object({ bytes: { type: "integer" } })),
  };
  app.put<{ Params: Params }>(path, { schema: put }, async (request) => {
    const { id } = request.params;
    await store.instance(id);
    return files.put(id, checked(request.params["*"]), request.raw);
  });

  const remove = {
    tags,
    summary: "Remove a file, or a folder, of a run",
    params,
    response: answers(object({ deleted: { type: "string" } })),
  };
  app.delete<{ Params: Params }>(path, { schema: remove }, async (request) => {
    const { id } = request.params;
    await store.instance(id);
    await files.remove(id, checked(request.params["*"]));
    return { deleted: request.params["*"] };
  });

  const get = {
    tags,
    summary: "A file of a run",
    params,
    response: {
      200: { ...BYTES, description: "the whole file" },
      206: { ...BYTES, description: "the bytes that `Range` asks for" },
      "4xx": ERROR,
      "5xx": ERROR,
    },
  };
  app.get<{ Params: Params }>(path, { schema: get }, async (request, reply) => {
    const { id } = request.params;
    await store.instance(id);
    const file = checked(request.params["*"]);
    const bytes = await files.size(id, file);
    if (bytes === undefined) throw new PlatformError("not_found", `The instance ${id} has no file ${file}.`);
    const range = readRange(request.headers.range, bytes);
    reply
      .type("application/octet-stream")
      .header("accept-ranges", "bytes")
      .header("content-disposition", attachment(file.slice(file.lastIndexOf("/") + 1)));
    if (range === "unsatisfiable") return reply.code(416).header("content-length", 0).header("content-range", `bytes */${bytes}`).send();
    if (range !== undefined) reply.code(206).header("content-range", `bytes ${range.start}-${range.end}/${bytes}`);
    reply.header("content-length", range === undefined ? bytes : range.end - range.start + 1);
    if (request.method === "HEAD" || bytes === 0) return reply.send(Readable.from([]));
    return reply.send(await files.read(id, file, range));
  });
};

function checked(path: string): string {
  try {
    return checkFilePath(path);
  } catch (error) {
    throw error instanceof RefusedError ? new PlatformError("bad_request", `${error.message}.`) : error;
  }
}
