import { checkFilePath } from "../file-path.js";
import type { DialectAnswer, Route, RouteContext } from "../ports.js";
import { putUnlessInTheWay } from "../put-file.js";
import { RefusedError } from "../refused-error.js";
import { answer } from "./answer.js";

/** Uploads of a run's files, at the addresses that {@link uploadUrl} gives. */
export const FILE_ROUTES: readonly Route[] = [
  { method: "PUT", path: "/storage/:id/*path", handle: put },
  { method: "GET", path: "/storage/:id/*path", handle: get },
];

/** @param origin - of the request @param id - of the instance @param path - of the file @returns where the client puts it, without a key */
export function uploadUrl(origin: string, id: string, path: string): string {
  return `${origin}/storage/${encodeURIComponent(id)}/${checkFilePath(path).split("/").map(encodeURIComponent).join("/")}`;
}

async function put({ request, parts, sink }: RouteContext): Promise<DialectAnswer> {
  await putUnlessInTheWay(sink, parts["id"] as string, checkFilePath(parts["path"] as string), request.body);
  return answer({});
}

async function get({ parts, read }: RouteContext): Promise<DialectAnswer> {
  const body = await read.readFile(parts["id"] as string, checkFilePath(parts["path"] as string));
  if (!body) throw new RefusedError("absent", "there is no such file");
  return { status: 200, headers: { "content-type": "application/octet-stream" }, body };
}
