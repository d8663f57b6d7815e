import { execFileSync } from "node:child_process";
import { constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";

/** A pipe of the operating system: one end for a child, the other to read from. */
export interface Pipe {
  /** For the child; to be closed here once the child has it. */
  writeFd: number;
  reader: Readable;
}

/**
 * Opens pipes as a shell would. Node's own stdio pipes are sockets: a child that opens `/dev/stderr` anew, as scripts do, fails on them.
 *
 * @param count - how many
 * @returns the pipes, or `undefined` where the machine has no named pipes: then Node's own must do
 */
export function openPipes(count: number): Pipe[] | undefined {
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), "ava-run-"));
    const paths = Array.from({ length: count }, (_, index) => join(folder as string, String(index)));
    execFileSync("mkfifo", paths, { stdio: "ignore" });
    return paths.map((path) => {
      // The reading end first: without a reader the writing end would block.
      const readFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      return { writeFd: openSync(path, constants.O_WRONLY), reader: new Socket({ fd: readFd, readable: true, writable: false }) };
    });
  } catch {
    // No mkfifo, or a temporary folder without named pipes.
    return undefined;
  } finally {
    if (folder) rmSync(folder, { recursive: true, force: true });
  }
}
