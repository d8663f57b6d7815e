import { closeSync, fdatasync, openSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { makePrivateFolder } from "../place/workspace/make-folder.js";
import { listSegments } from "../record/journal/segment-name.js";
import type { AgentClient } from "./client.js";
import { type AgentRequest, type AnswerFields, optionalNumberOf, optionalTextOf, RequestError, textOf } from "./request.js";

/** The files that a client may send, and nothing else: a name can lead nowhere. */
const JOURNAL = /^journal\/(([0-9A-Za-z_-]{8,64})\.(\d{6,9})\.ava)$/;
const LINES = /^lines\/(([0-9a-f]{16})\.lines)$/;

const sync = promisify(fdatasync);

/**
 * Appends to our copy of a file of a run that we do not see.
 *
 * @param request - see docs/formats/agent.md
 * @param client - the client
 * @returns fields of the answer
 * @throws RequestError bad_request, not_attached; the file system's error
 */
export async function append(request: AgentRequest, client: AgentClient): Promise<AnswerFields> {
  const run = client.runNamed(textOf(request, "run"));
  if (client.sharesWith(run)) throw new RequestError("bad_request", "this agent sees the folder of the run; nothing needs to be sent");
  const file = textOf(request, "file");
  const offset = optionalNumberOf(request, "offset") ?? 0;
  const data = Buffer.from(optionalTextOf(request, "data") ?? "", "base64");
  const [, name, writer, segment] = JOURNAL.exec(file) ?? LINES.exec(file) ?? [];
  if (name === undefined || !Number.isSafeInteger(offset) || offset < 0) {
    throw new RequestError(
      "bad_request",
      "'file' has to be journal/<writer>.<segment>.ava or lines/<writer>.lines, 'offset' a whole number",
    );
  }
  run.isSent(writer as string, client);
  const folder = segment === undefined ? run.layout.lines : run.layout.journal;
  // Segments are sent in order: one that has a later one is here whole, or was, and is confirmed by the platform.
  const isPast = segment !== undefined && listSegments(folder, writer).some((one) => one.segment > Number(segment));
  return { size: isPast ? offset + data.length : await appendAt(folder, name, offset, data) };
}

async function appendAt(folder: string, name: string, offset: number, data: Buffer): Promise<number> {
  makePrivateFolder(folder);
  const path = join(folder, name);
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const fresh = offset > size ? data.subarray(0, 0) : data.subarray(size - offset);
  if (fresh.length === 0) return size;
  const fd = openSync(path, "a", 0o600);
  try {
    let written = 0;
    // Looking and writing go without a pause: two clients that send the same file take turns.
    while (written < fresh.length) written += writeSync(fd, fresh, written);
    // The client may delete what it has sent.
    await sync(fd);
  } finally {
    closeSync(fd);
  }
  return size + fresh.length;
}
