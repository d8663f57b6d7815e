import { asObject } from "../body.js";
import { checkFilePath } from "../file-path.js";
import type { DialectAnswer, RouteContext } from "../ports.js";
import { answer } from "./answer.js";
import type { Call } from "./call.js";
import { onePart } from "./one-part.js";
import { openRun, runOf, runsOfProject, runWithoutName } from "./run.js";

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
    const { path, orig_name: name } = asObject(entry["uploaded_file"]) ?? {};
    // Of `trackio.save`: files of a project go to its newest run, and where there is none, to one that has no name yet.
    const isOfProject = typeof entry["run"] !== "string" && typeof entry["run_id"] !== "string";
    const newest = isOfProject ? (await runsOfProject(entry["project"], read)).at(-1) : undefined;
    const { id } = newest ?? (await openRun(isOfProject ? runWithoutName(entry["project"]) : runOf(entry), sink, read));
    const place = isOfProject
      ? savedPlace(entry["relative_path"], baseName(name))
      : `media/${Number(entry["step"]) || 0}/${baseName(name)}`;
    if (!(await sink.putStaged(id, checkFilePath(place), String(path)))) sink.passOver(id, "media", 1);
  }
  return null;
}

/** With a run the client tells the folder of a file, and without one its whole path; what lies above the program's folder has no place in it. */
function savedPlace(told: unknown, name: string): string {
  const parts = String(told ?? "")
    .split(/[/\\]/)
    .filter((part) => !/^\.*$/.test(part));
  return ["files", ...(parts.at(-1) === name ? parts.slice(0, -1) : parts), name].join("/");
}

function baseName(name: unknown): string {
  const last = String(name ?? "")
    .split(/[/\\]/)
    .at(-1)
    ?.replaceAll(/\p{Cc}/gu, "_");
  return last === undefined || /^\.*$/.test(last) ? "file" : last;
}
