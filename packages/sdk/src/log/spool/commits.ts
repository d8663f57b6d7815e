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
    const line = bytes.toString("utf8", wholeBytes < 2 ? 0 : bytes.lastIndexOf("\n", wholeBytes - 2) + 1, wholeBytes);
    // What a holder that was killed left of a line must not become part of the next one.
    if (wholeBytes < bytes.length) truncateSync(path, wholeBytes);
    if (wholeBytes > COMPACT_BYTES) {
      writeFileSync(`${path}.new`, line);
      renameSync(`${path}.new`, path);
    }
    this.last = line ? (JSON.parse(line) as Commit) : undefined;
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

function readOrEmpty(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
    throw error;
  }
}
