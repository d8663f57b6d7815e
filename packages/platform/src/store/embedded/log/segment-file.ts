import { closeSync, fdatasync, fstatSync, fsyncSync, ftruncateSync, openSync, rmSync, writeSync, writevSync } from "node:fs";
import { encodeFrame, markOf } from "./frame.js";
import { newSegmentHead, SEGMENT_HEAD_BYTES } from "./segment-head.js";

/** A new segment of the append log that this process writes. */
export class SegmentFile {
  private readonly fd: number;
  private readonly mark: Uint8Array;
  private frames = 0;
  private endBytes = SEGMENT_HEAD_BYTES;
  /** Up to here the file is known to be on the disk. */
  private syncedBytes = 0;
  private isClosed = false;
  private syncing: Promise<void> | undefined;

  /**
   * @param path - of a file that is not there
   * @throws the file system's error; then there is no such file
   */
  constructor(path: string) {
    const { head, salt } = newSegmentHead();
    this.mark = markOf(salt);
    this.fd = openSync(path, "wx+", 0o600);
    try {
      if (writeSync(this.fd, head) !== head.length) throw noRoom();
    } catch (error) {
      closeSync(this.fd);
      rmSync(path, { force: true });
      throw error;
    }
  }

  /** The file was removed: what is written to it is lost. */
  get isGone(): boolean {
    return fstatSync(this.fd).nlink === 0;
  }

  get byteLength(): number {
    return this.endBytes;
  }

  /**
   * Appends one frame.
   *
   * @throws the file system's error; the frame's first bytes may stay: nothing must be appended to this file any more
   */
  append(head: object, body: Uint8Array): void {
    const pieces = encodeFrame(this.mark, this.frames + 1, head, body);
    const frameBytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
    if (writevSync(this.fd, pieces, this.endBytes) !== frameBytes) throw noRoom();
    this.frames++;
    this.endBytes += frameBytes;
  }

  /** Cuts off what a failed append left. @throws the file system's error */
  cutBack(): void {
    ftruncateSync(this.fd, this.endBytes);
  }

  /** Brings all frames to the disk. @throws the file system's error */
  async sync(): Promise<void> {
    const endBytes = this.endBytes;
    this.syncing = new Promise((resolve, reject) => fdatasync(this.fd, (error) => (error === null ? resolve() : reject(error))));
    await this.syncing;
    this.syncedBytes = endBytes;
  }

  /**
   * Takes back all frames that are not known to be on the disk.
   *
   * @throws the file system's error; then they may still be there
   */
  cutToSynced(): void {
    ftruncateSync(this.fd, this.syncedBytes);
    fsyncSync(this.fd);
    this.endBytes = this.syncedBytes;
  }

  /** Closes the file, once a running sync has ended. */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    if (this.syncing === undefined) closeSync(this.fd);
    else void this.syncing.catch(() => undefined).finally(() => closeSync(this.fd));
  }
}

function noRoom(): Error {
  return Object.assign(new Error("short write"), { code: "ENOSPC" });
}
