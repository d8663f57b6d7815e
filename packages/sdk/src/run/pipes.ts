import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { Relay } from "./relay.js";

/** The end of a child's output that we read. */
export interface OutputPipe {
  reader: Readable;
  /** Whether a relay reads the pipe's rest when we let go of it. */
  hasRelay(): boolean;
  /** Lets go of the pipe: what comes from now on goes to our output by the relay. */
  release(): void;
  /** Ends the reading: the system tells the programs that write. */
  close(): void;
}

/** A pipe of the operating system: one end for a child, the other to read from. */
export class Pipe implements OutputPipe {
  /** For the child; to be closed here once the child has it. */
  readonly writeFd: number;
  readonly reader: Readable;
  /** Blocks, as relays want it. */
  private readonly relayFd: number;
  private relay: Relay | undefined;
  private isClosed = false;

  /** @param path - a named pipe; may be deleted afterwards */
  constructor(path: string) {
    // The reading end first: without a reader the writing end would block.
    const readFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    this.writeFd = openSync(path, constants.O_WRONLY);
    this.relayFd = openSync(path, constants.O_RDONLY);
    this.reader = new Socket({ fd: readFd, readable: true, writable: false });
  }

  /** The output is read on when this process dies. @param fd - of ours that the output goes to then */
  guard(fd: number): void {
    this.relay = new Relay(this.relayFd, fd);
  }

  /** As of {@link OutputPipe}. */
  hasRelay = (): boolean => this.relay?.isRunning ?? false;

  /** As of {@link OutputPipe}. */
  release(): void {
    this.isClosed = true;
    this.reader.destroy();
    this.relay?.release();
  }

  /** As of {@link OutputPipe}. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.reader.destroy();
    if (this.relay) this.relay.kill();
    else closeSync(this.relayFd);
  }
}

/**
 * Opens pipes as a shell would. Node's own stdio pipes are sockets: a child that opens `/dev/stderr` anew, as scripts do, fails on them.
 *
 * @param count - how many
 * @param folders - places for named pipes, deleted at once; the first one that takes them is used
 * @returns the pipes, or `undefined` where the machine has no named pipes: then Node's own must do
 */
export function openPipes(count: number, folders: readonly string[] = [tmpdir()]): Pipe[] | undefined {
  for (const parent of folders) {
    let folder: string | undefined;
    try {
      folder = mkdtempSync(join(parent, "ava-run-"));
      const paths = Array.from({ length: count }, (_, index) => join(folder as string, String(index)));
      execFileSync("mkfifo", paths, { stdio: "ignore" });
      return paths.map((path) => new Pipe(path));
    } catch {
      // No mkfifo, or a folder without named pipes.
    } finally {
      if (folder) rmSync(folder, { recursive: true, force: true });
    }
  }
  return undefined;
}
