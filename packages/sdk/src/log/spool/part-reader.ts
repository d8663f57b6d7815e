import { Buffer } from "node:buffer";
import { closeSync, fstatSync, openSync } from "node:fs";
import { readInto } from "../../place/workspace/read-into.js";
import { FRAME_HEAD_BYTES } from "./part-writer.js";

/** Bytes read at once; a longer record makes the window grow. */
const WINDOW_BYTES = 65_536;

/** Reads the records of a part, up to the length that it has when it is opened. */
export class PartReader {
  /** Offset of the current record; all before it was consumed. */
  offset: number;
  /** Where the current record's text lies. */
  window: Buffer = Buffer.alloc(0);
  textStart = 0;
  textEnd = 0;
  /** Time of the current record; milliseconds since 1970. */
  timeMs = 0;
  /** Whether the writer said that nothing follows. */
  isEnded = false;
  private readonly fd: number;
  private readonly fileBytes: number;
  private windowOffset = 0;

  /**
   * @param path - path of the part
   * @param offset - where the first record that was not yet moved begins
   * @throws the file system's error
   */
  constructor(path: string, offset: number) {
    this.fd = openSync(path, "r");
    this.offset = offset;
    this.fileBytes = fstatSync(this.fd).size;
  }

  /** @returns whether there is a whole record at {@link offset}; then the fields describe it */
  peek(): boolean {
    if (this.isEnded || !this.holds(4)) return false;
    const length = this.window.readUInt32LE(this.offset - this.windowOffset);
    if (length === 0) {
      this.isEnded = true;
      return false;
    }
    if (!this.holds(FRAME_HEAD_BYTES + length)) return false;
    const start = this.offset - this.windowOffset;
    this.timeMs = this.window.readDoubleLE(start + 4);
    this.textStart = start + FRAME_HEAD_BYTES;
    this.textEnd = this.textStart + length;
    return true;
  }

  /** Goes on behind the current record. */
  consume(): void {
    this.offset += FRAME_HEAD_BYTES + this.textEnd - this.textStart;
  }

  /** Closes the file. */
  close(): void {
    closeSync(this.fd);
  }

  private holds(bytes: number): boolean {
    if (this.offset + bytes <= this.windowOffset + this.window.length) return true;
    if (this.offset + bytes > this.fileBytes) return false;
    const window = Buffer.allocUnsafe(Math.min(Math.max(bytes, WINDOW_BYTES), this.fileBytes - this.offset));
    if (readInto(this.fd, window, this.offset) < window.length) return false;
    this.window = window;
    this.windowOffset = this.offset;
    return true;
  }
}
