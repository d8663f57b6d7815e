import { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { inFolder } from "../../place/workspace/in-folder.js";
import { partFileName } from "./part-name.js";

/** Bytes before the text of a record: length and time. */
export const FRAME_HEAD_BYTES = 12;

/** Size at which the next part starts: what was moved can be deleted in pieces of this size. */
const PART_BYTES = 4 * 1024 * 1024;

/** Appends records to parts of one writer. */
export class PartWriter {
  private readonly folder: string;
  private readonly writer: string = randomBytes(8).toString("hex");
  private readonly scratch: Buffer = Buffer.allocUnsafe(16_384);
  private fd: number | undefined;
  private nextPart = 0;
  private partBytes = 0;

  /** @param folder - the spool */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** Starts a part unless one is open: others see this writer then. @throws the file system's error */
  open(): void {
    if (this.fd === undefined) this.create();
  }

  /**
   * Appends a record by one write: it survives the death of the process.
   *
   * @param text - the record, with its line feed
   * @param timeMs - milliseconds since 1970
   * @returns bytes that the part grew by
   * @throws the file system's error; the record then is not written
   */
  append(text: string, timeMs: number): number {
    const fd = this.fd ?? this.create();
    const mostBytes = FRAME_HEAD_BYTES + text.length * 3;
    const frame = mostBytes <= this.scratch.length ? this.scratch : Buffer.allocUnsafe(mostBytes);
    const length = frame.write(text, FRAME_HEAD_BYTES);
    frame.writeUInt32LE(length, 0);
    frame.writeDoubleLE(timeMs, 4);
    this.write(fd, frame, FRAME_HEAD_BYTES + length);
    if (this.partBytes >= PART_BYTES) this.end();
    return FRAME_HEAD_BYTES + length;
  }

  /** Ends the part, so that it can be deleted once it was moved. The next append starts another. */
  end(): void {
    const { fd } = this;
    if (fd === undefined) return;
    try {
      this.write(fd, Buffer.alloc(4), 4);
    } catch {
      // The disk is full: the part stays until this thread is gone, or until it starts another.
    }
    if (this.fd !== undefined) this.abandon(fd);
  }

  private write(fd: number, bytes: Buffer, length: number): void {
    let written = 0;
    try {
      while (written < length) written += writeSync(fd, bytes, written, length - written);
    } catch (error) {
      // What is written of the record stays incomplete for ever, and readers know that by the next part.
      this.abandon(fd);
      throw error;
    }
    this.partBytes += length;
  }

  private abandon(fd: number): void {
    this.fd = undefined;
    closeSync(fd);
  }

  private create(): number {
    const path = join(this.folder, partFileName(this.writer, this.nextPart));
    this.fd = inFolder(this.folder, () => openSync(path, "ax", 0o644));
    this.partBytes = 0;
    this.nextPart += 1;
    return this.fd;
  }
}
