import type { Stats } from "node:fs";
import { lstat, readlink, realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { TransferError } from "../transfer-error.js";

/** Where downloaded bytes go. */
export type DownloadTarget =
  /** A file that is replaced, or made: its own path, no link. `mode` is that of the one that is there. */
  | { kind: "file"; path: string; mode?: number }
  /** Something that bytes are written to: a device, a pipe, an open file of this or another process. */
  | { kind: "stream"; path: string }
  /** An open file of this process, by its number. */
  | { kind: "descriptor"; path: string; descriptor: number };

/** As in the kernel. */
const MOST_LINKS = 40;

/** Links in there lead to what is open, not to what has that path. */
const DESCRIPTORS = /^\/proc\/(\d+)(?:\/task\/\d+)?\/fd$/;

/**
 * Finds what a path leads to, so that neither a link nor a device is ever replaced by a file.
 *
 * @param path - as the user gave it
 * @returns what is behind its links
 * @throws TransferError FILE_UNWRITABLE for a folder, a socket, a missing folder
 */
export async function resolveTarget(path: string): Promise<DownloadTarget> {
  let current = resolve(path);
  try {
    for (let links = 0; links <= MOST_LINKS; links += 1) {
      const folder = await realpath(dirname(current));
      current = join(folder, basename(current));
      const facts = await lstat(current).catch(absent);
      if (!facts?.isSymbolicLink()) return targetAt(current, facts);
      const holder = DESCRIPTORS.exec(folder)?.[1];
      if (Number(holder) === process.pid) return { kind: "descriptor", path: current, descriptor: Number(basename(current)) };
      if (holder !== undefined) return { kind: "stream", path: current };
      current = resolve(folder, await readlink(current));
    }
  } catch (cause) {
    throw unwritable(path, (cause as NodeJS.ErrnoException).code ?? (cause as Error).message, cause);
  }
  throw unwritable(path, "ELOOP");
}

/**
 * As {@link resolveTarget}, for who can only make a file.
 *
 * @param path - as the user gave it
 * @returns the file's own path
 * @throws TransferError FILE_UNWRITABLE also for devices and pipes
 */
export async function resolveFile(path: string): Promise<string> {
  const target = await resolveTarget(path);
  if (target.kind !== "file") throw unwritable(path, "it is not a regular file");
  return target.path;
}

function targetAt(path: string, facts: Stats | undefined): DownloadTarget {
  if (!facts) return { kind: "file", path };
  if (facts.isFile()) return { kind: "file", path, mode: facts.mode & 0o7777 };
  if (facts.isDirectory()) throw new Error("it is a folder");
  if (facts.isSocket()) throw new Error("it is a socket");
  return { kind: "stream", path };
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

function unwritable(path: string, reason: string, cause?: unknown): TransferError {
  return new TransferError("FILE_UNWRITABLE", `can't write ${path} (${reason})`, { cause });
}
