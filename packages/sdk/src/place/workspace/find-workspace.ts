import { accessSync, constants, existsSync, lstatSync, mkdtempSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join, resolve } from "node:path";
import { AvaError } from "../error.js";
import { readEnvironment } from "../settings/environment.js";
import { makePrivateFolder } from "./make-folder.js";

/** Folder that the seed's training containers work in. */
export const CONTAINER_WORKSPACE = "/workspace";

/**
 * Where the workspace is: option, then `AVA_WORKSPACE`, then `/workspace` if it exists and is writable, then `./ava-workspace`.
 *
 * @param option - path that the caller gave
 * @param environmentPath - default: `AVA_WORKSPACE`
 * @returns absolute path; nothing is created
 */
export function findWorkspace(option?: string, environmentPath: string | undefined = readEnvironment().workspace): string {
  const named = option ?? environmentPath;
  if (named) return absolutePath(named);
  return isWritableFolder(CONTAINER_WORKSPACE) ? CONTAINER_WORKSPACE : absolutePath("ava-workspace");
}

/**
 * A path from the root on. Where the working folder was removed, nothing can be made below it: another workspace takes its place.
 *
 * @param path - of any kind; default: the working folder
 * @returns absolute path
 */
export function absolutePath(path = ""): string {
  try {
    return resolve(path);
  } catch {
    return join("/proc/self/cwd", path);
  }
}

/**
 * Makes sure that runs can be recorded in the workspace. Where they cannot, the training is not to suffer: a folder below the temporary one takes its place.
 *
 * @param workspace - wanted path
 * @param warn - told when another folder is used, and what to do
 * @returns path of a workspace in which `run/` is writable
 * @throws AvaError WORKSPACE_UNWRITABLE when the temporary folder cannot be written either
 */
export function prepareWorkspace(workspace: string, warn: (message: string) => void): string {
  const reason = tryPrepare(workspace);
  if (reason === undefined) return workspace;
  const personal = join(tmpdir(), `ava-workspace-${process.getuid?.() ?? userInfo().username}`);
  const fallback = isPersonal(personal) && tryPrepare(personal) === undefined ? personal : temporaryWorkspace(workspace, reason);
  warn(
    `workspace ${workspace} cannot be written (${reason}); recording to ${fallback}. Set --workspace or AVA_WORKSPACE to a writable folder.`,
  );
  return fallback;
}

/** Another user can make a folder of this name first, with params in it: it must be ours, and no other user may write in it or look into it. */
function isPersonal(path: string): boolean {
  try {
    makePrivateFolder(path);
    const facts = lstatSync(path);
    return facts.isDirectory() && (process.getuid === undefined || (facts.uid === process.getuid() && (facts.mode & 0o077) === 0));
  } catch {
    // Another folder is taken.
    return false;
  }
}

function temporaryWorkspace(workspace: string, reason: string): string {
  try {
    return mkdtempSync(join(tmpdir(), "ava-workspace-"));
  } catch (cause) {
    throw new AvaError(
      "WORKSPACE_UNWRITABLE",
      `workspace ${workspace} cannot be written (${reason}), nor can ${tmpdir()}. Set --workspace or AVA_WORKSPACE to a writable folder.`,
      { cause },
    );
  }
}

function tryPrepare(workspace: string): string | undefined {
  try {
    makePrivateFolder(join(workspace, "run"));
    accessSync(join(workspace, "run"), constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  }
}

function isWritableFolder(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    // Not ours to write in: the next choice is taken.
    return false;
  }
}
