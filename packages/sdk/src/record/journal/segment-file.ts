import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";

/** An open journal segment: whole appends or none. */
export class SegmentFile {
  private readonly fd: number;
  private goodBytes = 0;
  private torn = false;

  /**
   * Creates the file; never opens one that exists, so that no writer can harm another's records.
   *
   * @param path - path of the new file
   * @throws the file system's error
   */
  constructor(path: string) {
    this.fd = openSync(path, "ax", 0o600);
  }

  /** Bytes of whole appends. */
  get byteLength(): number {
    return this.goodBytes;
  }

  /** True after a failed append that could not be cut off again: nothing may be appended any more. */
  get isTorn(): boolean {
    return this.torn;
  }

  /**
   * Appends bytes with one write. They survive the death of the process, not of the machine.
   *
   * @param bytes - whole records
   * @throws the file system's error; then nothing of the bytes is in the file, or {@link isTorn} is true
   */
  append(bytes: Uint8Array): void {
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.fd, bytes, written, bytes.length - written);
    } catch (error) {
      if (written > 0) this.cutBack();
      throw error;
    }
    this.goodBytes += written;
  }

  /** Closes the file. */
  close(): void {
    closeSync(this.fd);
  }

  private cutBack(): void {
    try {
      ftruncateSync(this.fd, this.goodBytes);
    } catch {
      // The rest of a record stays at the end; readers see it as torn, and the writer goes on in a new segment.
      this.torn = true;
    }
  }
}
