import { Buffer } from "node:buffer";
import { closeSync, fstatSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { readInto } from "../../place/workspace/read-into.js";
import type { CommitFile } from "./commits.js";
import { type Rotation, rotate } from "./rotate.js";

/** Bytes gathered before they are written and committed. */
const GATHER_BYTES = 256 * 1024;

/** One for all: a thread has one log open at a time, within one synchronous call. */
const gathered: Buffer = Buffer.allocUnsafe(GATHER_BYTES);

/** The log, open for the holder of the lock. Every method may throw the file system's error; the next one that opens it goes on. */
export class LogFile {
  private readonly path: string;
  private readonly rotation: Rotation;
  private readonly commits: CommitFile;
  private readonly offsets: () => Record<string, number>;
  private gatheredBytes = 0;
  private fd: number;
  private inode = 0;
  private bytes = 0;
  /** A device is neither emptied nor put aside. */
  private isRegular = true;

  /**
   * Opens the log. Where a holder of the lock died while it wrote, it is found out which records it had moved.
   *
   * @param path - path of the log
   * @param rotation - when it is put aside
   * @param commits - open file of commits
   * @param offsets - says how far the parts were moved, gathered bytes included
   * @param recognise - counts as moved what stands behind the last commit; returns how many bytes of that are to stay
   */
  constructor(
    path: string,
    rotation: Rotation,
    commits: CommitFile,
    offsets: () => Record<string, number>,
    recognise: (tail: Buffer) => number,
  ) {
    this.path = path;
    this.rotation = rotation;
    this.commits = commits;
    this.offsets = offsets;
    this.fd = this.open();
    const { last } = commits;
    if (last?.isWriting && last.inode === this.inode && this.bytes > last.bytes) {
      const keptBytes = last.bytes + recognise(readRange(path, last.bytes, this.bytes));
      // Another program may have appended in the meantime: the beginning of a record stays in the log then.
      if (keptBytes < this.bytes && fstatSync(this.fd).size === this.bytes) ftruncateSync(this.fd, keptBytes);
    }
    this.commit(true);
  }

  /** Takes a record, which the caller counts as moved when this returns. It is in the log after {@link finish}. */
  add(window: Buffer, start: number, end: number): void {
    const length = end - start;
    if (this.isFullBefore(length)) {
      this.flush(true);
      this.rotate();
    }
    if (this.gatheredBytes + length > GATHER_BYTES) this.flush(true);
    if (length > GATHER_BYTES) return this.write(window.subarray(start, end));
    window.copy(gathered, this.gatheredBytes, start, end);
    this.gatheredBytes += length;
  }

  /** Empties the log. */
  truncate(): void {
    if (this.isRegular) ftruncateSync(this.fd, 0);
    this.bytes = 0;
  }

  /** Writes what is gathered and commits; the log may be left alone then. */
  finish(): void {
    this.flush(false);
  }

  /** Closes the file. */
  close(): void {
    closeSync(this.fd);
  }

  private isFullBefore(length: number): boolean {
    const { maxBytes, backupCount } = this.rotation;
    const bytes = this.bytes + this.gatheredBytes;
    return this.isRegular && maxBytes > 0 && backupCount > 0 && bytes > 0 && bytes + length > maxBytes;
  }

  private flush(isWriting: boolean): void {
    this.write(gathered.subarray(0, this.gatheredBytes));
    this.gatheredBytes = 0;
    this.commit(isWriting);
  }

  private rotate(): void {
    rotate(this.path, this.rotation.backupCount);
    const full = this.fd;
    this.fd = this.open();
    closeSync(full);
    this.commit(true);
  }

  private write(bytes: Buffer): void {
    for (let written = 0; written < bytes.length; ) written += writeSync(this.fd, bytes, written);
    this.bytes += bytes.length;
  }

  private commit(isWriting: boolean): void {
    // Other programs append, too: what they wrote up to now is not to be looked through again.
    if (this.isRegular) this.bytes = fstatSync(this.fd).size;
    this.commits.append({ inode: this.inode, bytes: this.bytes, isWriting, parts: this.offsets() });
  }

  private open(): number {
    const fd = openSync(this.path, "a", 0o644);
    const facts = fstatSync(fd);
    this.inode = facts.ino;
    this.bytes = facts.size;
    this.isRegular = facts.isFile();
    return fd;
  }
}

/** @returns bytes of a file from one offset up to another */
function readRange(path: string, from: number, to: number): Buffer {
  const fd = openSync(path, "r");
  try {
    const bytes = Buffer.allocUnsafe(to - from);
    return bytes.subarray(0, readInto(fd, bytes, from));
  } finally {
    closeSync(fd);
  }
}
