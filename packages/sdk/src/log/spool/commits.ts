import { Buffer } from "node:buffer";
import { closeSync, openSync, readFileSync, renameSync, truncateSync, writeFileSync, writeSync } from "node:fs";

/** How far the parts were moved to the log. */
export interface Commit {
  /** Which file the log was. */
  inode: number;
  /** Its length. */
  bytes: number;
  /** Whether bytes beyond that length may be the beginning of something that is not committed. */
  isWriting: boolean;
  /** Offset in each part; a part that is not named was not touched. */
  parts: Record<string, number>;
}

/** Size at which the file is replaced by its last line. */
const COMPACT_BYTES = 65_536;

/** The file of commits; only the holder of the lock may have one open. */
export class CommitFile {
  /** The last commit; undefined for a new spool. */
  readonly last: Commit | undefined;
  private readonly fd: number;

  /**
   * @param path - path of the file
   * @throws the file system's error
   */
  constructor(path: string) {
    const bytes = readOrEmpty(path);
    const wholeBytes = bytes.lastIndexOf("\n") + 1;
    // What a holder that was killed left of a line must not become part of the next one.
    if (wholeBytes < bytes.length) truncateSync(path, wholeBytes);
    this.last = lastCommit(bytes.subarray(0, wholeBytes));
    if (wholeBytes > COMPACT_BYTES) {
      writeFileSync(`${path}.new`, `${JSON.stringify(this.last)}\n`);
      renameSync(`${path}.new`, path);
    }
    this.fd = openSync(path, "a");
  }

  /** Commits. @param commit - what counts from now on @throws the file system's error */
  append(commit: Commit): void {
    const bytes = Buffer.from(`${JSON.stringify(commit)}\n`);
    for (let written = 0; written < bytes.length; ) written += writeSync(this.fd, bytes, written);
  }

  /** Closes the file. */
  close(): void {
    closeSync(this.fd);
  }
}

/** @returns the last line that can be read: where the machine stopped, others may be damaged */
function lastCommit(bytes: Buffer): Commit | undefined {
  for (let end = bytes.length; end > 0; ) {
    const start = end < 2 ? 0 : bytes.lastIndexOf("\n", end - 2) + 1;
    try {
      return JSON.parse(bytes.toString("utf8", start, end)) as Commit;
    } catch {
      end = start;
    }
  }
  return undefined;
}

function readOrEmpty(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}
