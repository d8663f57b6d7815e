import { closeSync, openSync, readSync } from "node:fs";

const buffer = Buffer.allocUnsafe(64 * 1024);

/**
 * Reads the start of a file of `/proc` or `/sys`. Synchronous on purpose: these files never wait, and a thread of libuv's pool would be
 * taken from the training.
 *
 * @param path - a file that the kernel makes up
 * @returns its first 64 KiB; `undefined` when it cannot be read, as for a process that has just ended
 */
export function readSmallFile(path: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch {
    // Gone, hidden from this user, or not made by this kernel.
    return undefined;
  }
  try {
    return buffer.toString("latin1", 0, readSync(fd, buffer, 0, buffer.length, 0));
  } catch {
    // ESRCH: the process ended between opening and reading.
    return undefined;
  } finally {
    closeSync(fd);
  }
}
