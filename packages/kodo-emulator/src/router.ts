import type { IncomingHttpHeaders } from "node:http";
import { type Answer, Refusal } from "./answer.js";
import type { Operation } from "./fault.js";
import type { KodoRequest } from "./request.js";
import { makeBlock, makeFile, putChunk } from "./routes/blocks.js";
import { download } from "./routes/download.js";
import { uploadForm } from "./routes/form.js";
import { deleteObject, listDomains, listObjects, statObject } from "./routes/objects.js";
import { abortUpload, beginUpload, completeUpload, listParts, putPart } from "./routes/parts.js";
import { queryRegions, queryRegionsOld } from "./routes/regions.js";

/** What a request is answered by. */
export interface Route {
  operation: Operation;
  handle: (request: KodoRequest) => Answer | Promise<Answer>;
  caught: readonly string[];
}

const UPLOADS = "^/buckets/([^/]+)/objects/([^/]+)/uploads";

const ROUTES: readonly [Operation, methods: string, path: RegExp, Route["handle"]][] = [
  ["uc.query", "GET", /^\/v4\/query$/, queryRegions],
  ["uc.query", "GET", /^\/v2\/query$/, queryRegionsOld],
  ["uc.domains", "GET POST", /^\/(?:v[23]\/domains|v[67]\/domain\/list)$/, listDomains],
  ["up.form", "POST", /^\/$/, uploadForm],
  ["up.mkblk", "POST", /^\/mkblk\/(\d+)$/, makeBlock],
  ["up.bput", "POST", /^\/bput\/([^/]+)\/(\d+)$/, putChunk],
  ["up.mkfile", "POST", /^\/mkfile\/(\d+)((?:\/.*)?)$/, makeFile],
  ["up.init", "POST", new RegExp(`${UPLOADS}$`), beginUpload],
  ["up.part", "PUT", new RegExp(`${UPLOADS}/([^/]+)/(\\d+)$`), putPart],
  ["up.complete", "POST", new RegExp(`${UPLOADS}/([^/]+)$`), completeUpload],
  ["up.abort", "DELETE", new RegExp(`${UPLOADS}/([^/]+)$`), abortUpload],
  ["up.parts", "GET", new RegExp(`${UPLOADS}/([^/]+)$`), listParts],
  ["rs.stat", "GET POST", /^\/stat\/([^/]+)$/, statObject],
  ["rs.delete", "POST", /^\/delete\/([^/]+)$/, deleteObject],
  ["rsf.list", "GET POST", /^\/list$/, listObjects],
];

/**
 * One port serves all services: what is signed in the URL, or not signed at all, is a download; only the region query needs no signature.
 *
 * @param method - of the request
 * @param path - without the query
 * @param query - of the request
 * @param headers - of the request
 * @returns the route
 */
export function findRoute(method: string, path: string, query: URLSearchParams, headers: IncomingHttpHeaders): Route {
  const isRead = method === "GET" || method === "HEAD";
  const isQuery = /^\/v[24]\/query$/.test(path) && query.has("ak");
  if (isRead && !isQuery && (query.has("token") || !headers.authorization)) return { operation: "io.get", handle: download, caught: [] };
  for (const [operation, methods, pattern, handle] of ROUTES) {
    const found = pattern.exec(path);
    if (found && methods.split(" ").includes(method)) return { operation, handle, caught: found.slice(1) };
  }
  const refuse = () => {
    throw new Refusal(ROUTES.some(([, , pattern]) => pattern.test(path)) ? 405 : 404, `nothing answers ${method} ${path}`);
  };
  return { operation: "unknown", handle: refuse, caught: [] };
}
