import { asObject } from "../body.js";
import { checkFilePath } from "../file-path.js";
import type { DialectAnswer, RouteContext } from "../ports.js";
import { answer } from "./answer.js";
import type { Call } from "./call.js";
import { onePart } from "./one-part.js";
import { openRun, runOf } from "./run.js";

/** Takes a file of which the client tells afterwards whose it is: `POST /api/upload`. @param context - of the request */
export async function upload({ request, sink }: RouteContext): Promise<DialectAnswer> {
  return answer({ paths: [await sink.stage(onePart(request.body, request.headers["content-type"]))] });
}

/**
 * Files that were uploaded become files of their runs, `media/<step>/<name>`: `bulk_upload_media`. What is not there any more is counted, since a failure would be
 * repeated for ever.
 *
 * @param call - its arguments
 * @param context - of the request
 */
export async function keepMedia({ kwargs }: Call, { sink, read }: RouteContext): Promise<null> {
  for (const item of Array.isArray(kwargs["uploads"]) ? kwargs["uploads"] : []) {
    const entry = asObject(item) ?? {};
    // Files of a project, which have no run.
    if (entry["run"] === null && entry["run_id"] === null) continue;
    const { id } = await openRun(runOf(entry), sink, read);
    const { path, orig_name: name } = asObject(entry["uploaded_file"]) ?? {};
    const place = checkFilePath(`media/${Number(entry["step"]) || 0}/${baseName(name)}`);
    if (!(await sink.putStaged(id, place, String(path)))) sink.passOver(id, "media", 1);
  }
  return null;
}

function baseName(name: unknown): string {
  const last = String(name ?? "")
    .split(/[/\\]/)
    .at(-1)
    ?.replaceAll(/\p{Cc}/gu, "_");
  return last === undefined || /^\.*$/.test(last) ? "file" : last;
}
