import { asObject } from "../body.js";
import { checkFilePath } from "../file-path.js";
import { trainingName } from "../names.js";
import type { Read, RouteContext, RunView } from "../ports.js";
import { print64 } from "../print.js";
import { RefusedError } from "../refused-error.js";
import type { Call } from "./call.js";
import { openRun, runOf, runsOfProject, TRACKIO } from "./run.js";

/** Where contents wait, by their digest, until an artifact names them. */
const BLOBS = "artifacts/blobs";

/**
 * Contents that were uploaded, of which only the project is known: `bulk_upload_artifact_blob`. They wait with its newest run; where nothing was logged yet, as they
 * were uploaded. A failure would end the training.
 */
export async function keepBlobs({ kwargs }: Call, { sink, read }: RouteContext): Promise<null> {
  const project = String(kwargs["project"]);
  const run = (await runsOfProject(project, read)).at(-1);
  for (const item of Array.isArray(kwargs["uploads"]) ? kwargs["uploads"] : []) {
    const { digest, uploaded_file } = asObject(item) ?? {};
    const staged = String(asObject(uploaded_file)?.["path"]);
    if (run) await sink.putStaged(run.id, blobPath(digest), staged);
    else await sink.keep(TRACKIO, waitingKey(project, blobPath(digest)), JSON.stringify(staged), trainingName(project));
  }
  return null;
}

/** Contents of a project that had no run become files of this one. @param id - of the run */
async function placeWaiting(id: string, project: string, { sink, read }: RouteContext): Promise<void> {
  for (const [key, text] of await read.kept(TRACKIO)) {
    const path = key.slice(waitingKey(project, "").length);
    const staged: unknown = JSON.parse(text);
    if (key !== waitingKey(project, path) || typeof staged !== "string") continue;
    await sink.putStaged(id, path, staged);
    await sink.keep(TRACKIO, key, "null", trainingName(project));
  }
}

function waitingKey(project: string, path: string): string {
  return `blob ${project} ${path}`;
}

/** Makes the contents that an artifact names files of its run: `artifact_log`. What is not there is counted, since a failure would end the training. */
export async function logArtifact({ kwargs }: Call, context: RouteContext): Promise<unknown> {
  const { sink, read } = context;
  const { id } = await openRun(runOf({ project: kwargs["project"], run: kwargs["run_name"], run_id: kwargs["run_id"] }), sink, read);
  await placeWaiting(id, String(kwargs["project"]), context);
  const manifest: readonly unknown[] = Array.isArray(kwargs["manifest"]) ? kwargs["manifest"] : [];
  const runs = await runsOfProject(kwargs["project"], read);
  const folder = `artifacts/${String(kwargs["name"])}/${print64(JSON.stringify(manifest)).toString(16).padStart(16, "0")}`;
  let bytes = 0;
  const used = new Map<string, string>();
  for (const item of manifest) {
    const entry = asObject(item) ?? {};
    bytes += Number(entry["size"] ?? entry["size_bytes"] ?? 0) || 0;
    const path = placeOf(folder, entry);
    const found = path === undefined ? undefined : await findBlob(entry["digest"], runs, read);
    // The client asks again where it had no answer.
    if (path !== undefined && !found && (await isThere(id, path, read))) continue;
    if (path === undefined || !found) {
      sink.passOver(id, entry["ref"] === undefined ? "files of artifacts" : "references of artifacts", 1);
      continue;
    }
    await sink.putFile(id, path, found.content);
    used.set(blobPath(entry["digest"]), found.id);
  }
  for (const [path, of] of used) await sink.removeFiles(of, path);
  const aliases = Array.isArray(kwargs["aliases"]) ? kwargs["aliases"] : [];
  return { version: 0, aliases, manifest, manifest_digest: "", size_bytes: bytes };
}

async function findBlob(
  digest: unknown,
  runs: readonly RunView[],
  read: Read,
): Promise<{ id: string; content: AsyncIterable<Uint8Array> } | undefined> {
  for (const { id } of runs.toReversed()) {
    const content = await read.readFile(id, blobPath(digest));
    if (content) return { id, content };
  }
  return undefined;
}

async function isThere(id: string, path: string, read: Read): Promise<boolean> {
  const parts = path.split("/");
  const name = parts.pop();
  return (await read.files(id, parts.join("/"))).some((file) => file.name === name);
}

function blobPath(digest: unknown): string {
  if (typeof digest !== "string" || !/^[\w:-]{1,200}$/.test(digest)) throw new RefusedError("invalid", "a digest is not one");
  return `${BLOBS}/${digest.replaceAll(":", "-")}`;
}

/** @returns where the file goes; `undefined` for a reference, and for a name that no file can have */
function placeOf(folder: string, { path, ref }: Readonly<Record<string, unknown>>): string | undefined {
  if (ref !== undefined || typeof path !== "string") return undefined;
  try {
    return checkFilePath(`${folder}/${path}`);
  } catch {
    // Counted with those that are not there.
    return undefined;
  }
}
