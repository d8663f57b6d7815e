import { checkFilePath } from "../file-path.js";
import type { DialectAnswer, Route, RouteContext } from "../ports.js";
import { putUnlessInTheWay } from "../put-file.js";
import { RefusedError } from "../refused-error.js";
import { answer } from "./answer.js";
import { artifactPath } from "./artifact-path.js";
import { Fields } from "./fields.js";
import { toInstanceId } from "./names.js";
import { viewOf } from "./runs.js";

const ROOT = "/api/2.0/mlflow-artifacts/artifacts";

/** Files of runs. */
export const ARTIFACT_ROUTES: readonly Route[] = [
  { method: "GET", path: ROOT, handle: list },
  { method: "PUT", path: `${ROOT}/*path`, handle: put },
  { method: "GET", path: `${ROOT}/*path`, handle: get },
  { method: "DELETE", path: `${ROOT}/*path`, handle: remove },
];

async function list({ request, read }: RouteContext): Promise<DialectAnswer> {
  const place = await placeOf((await Fields.of(request)).text("path") ?? "", read);
  const files = await read.files(place.id, place.path);
  return answer({
    files: files.map(({ name, isFolder, bytes }) => ({ path: name, is_dir: isFolder, ...(isFolder ? {} : { file_size: bytes }) })),
  });
}

async function put({ request, parts, sink, read }: RouteContext): Promise<DialectAnswer> {
  const { id, path } = await placeOf(parts["path"] as string, read);
  await putUnlessInTheWay(sink, id, checkFilePath(path), request.body);
  return answer();
}

async function get({ parts, read }: RouteContext): Promise<DialectAnswer> {
  const { id, path } = await placeOf(parts["path"] as string, read);
  const body = await read.readFile(id, checkFilePath(path));
  if (!body) throw new RefusedError("absent", `There is no artifact '${path}'.`);
  return { status: 200, headers: { "content-type": "application/octet-stream" }, body };
}

async function remove({ parts, sink, read }: RouteContext): Promise<DialectAnswer> {
  const { id, path } = await placeOf(parts["path"] as string, read);
  await sink.removeFiles(id, checkFilePath(path));
  return answer();
}

/** `EXPERIMENT/RUN/artifacts/PATH`, as the runs' `artifact_uri` says. */
async function placeOf(place: string, read: RouteContext["read"]): Promise<{ id: string; path: string }> {
  const [, runId, folder, ...rest] = place.split("/");
  if (!runId || folder !== "artifacts") throw new RefusedError("invalid", `'${place}' is not a place of the artifacts of a run.`);
  const { id } = await viewOf(read, toInstanceId(runId));
  return { id, path: rest.length === 0 ? "" : checkFilePath(artifactPath(rest.join("/"))) };
}
