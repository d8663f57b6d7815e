import { constants } from "node:fs";
import { type FileHandle, open, realpath, stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { PlatformError, systemCode } from "../error.js";
import type { ModelSpec } from "../store/contract/model.js";

/** What models' keys begin with: nothing else is given out, whatever a client registers. */
const KEY_START = "ava/";

/** A file that may be given out; its taker closes it. */
export interface ModelFile {
  handle: FileHandle;
  path: string;
  bytes: number;
}

/**
 * Opens the file of a model that lies on this machine. A registration is only what a client wrote: so the file must be one that the SDK stores,
 * and still the one that was registered.
 *
 * @param spec - the model, its `file` a `file:` URL
 * @throws PlatformError `not_found` when the file is gone, `conflict` when it is another than was registered or none that may be given out
 */
export async function openModelFile(spec: ModelSpec): Promise<ModelFile> {
  const path = pathOf(String(spec["file"]));
  const { key, bytes } = spec;
  if (typeof key !== "string")
    throw new PlatformError("conflict", "The model was registered without its key, so its file is not given out.");
  checkKey(key);
  if (!path.endsWith(`/${key}`)) throw new PlatformError("conflict", `The file ${path} does not end with the model's key ${key}.`);
  const handle = await openFile(path);
  try {
    await checkSame(handle, path);
    const { size } = await handle.stat();
    if (size !== bytes) {
      const registered = typeof bytes === "number" ? `with ${bytes}` : "without its size";
      throw new PlatformError("conflict", `The file ${path} has ${size} bytes, and the model was registered ${registered}.`);
    }
    return { handle, path, bytes: size };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** @throws PlatformError `conflict` for a key that is not that of a model */
export function checkKey(key: string): void {
  const hasParent = key.split("/").includes("..");
  if (!key.startsWith(KEY_START) || hasParent) {
    throw new PlatformError("conflict", `Only files whose key begins with ${KEY_START} are given out; the model's is ${key}.`);
  }
}

function pathOf(file: string): string {
  try {
    return fileURLToPath(file);
  } catch (cause) {
    throw new PlatformError("conflict", `The model's file is not a file:///PATH of this machine: ${file}.`, { cause });
  }
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    // Opening a pipe must not wait for its writer.
    return await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    const code = systemCode(cause);
    if (code === "ENOENT" || code === "ENOTDIR")
      throw new PlatformError("not_found", `The file ${path} is gone, or lies on another machine than the platform.`, { cause });
    throw new PlatformError("conflict", `The file ${path} cannot be read by the platform: ${code}.`, { cause });
  }
}

/** The opened file is a regular one and the one at the path itself, not what a link in the path leads to. */
async function checkSame(handle: FileHandle, path: string): Promise<void> {
  const facts = await handle.stat();
  if (!facts.isFile()) throw new PlatformError("conflict", `${path} is not a regular file.`);
  const real = await realpath(path).catch(() => undefined);
  if (real !== path) {
    const advice = "Name the storage by its real path when you train";
    throw new PlatformError("conflict", `The path ${path} leads through a symbolic link, so the file is not given out. ${advice}.`);
  }
  const found = await stat(path).catch(() => undefined);
  if (found?.ino !== facts.ino || found.dev !== facts.dev)
    throw new PlatformError("conflict", `The file ${path} was replaced at this moment.`);
}
