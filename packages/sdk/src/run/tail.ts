import { ConsoleReader } from "../console/terminal/console-reader.js";

/** How much of a stream's end is kept: a stack and what stands before it. */
const TAIL_BYTES = 65_536;

/** The end of a stream, for the words with which a command failed. */
export class Tail {
  private readonly ring = Buffer.allocUnsafe(TAIL_BYTES);
  private totalBytes = 0;

  /** @param chunk - next bytes */
  add(chunk: Uint8Array): void {
    const last = chunk.subarray(-TAIL_BYTES);
    this.totalBytes += chunk.length;
    const at = (this.totalBytes - last.length) % TAIL_BYTES;
    this.ring.set(last.subarray(0, TAIL_BYTES - at), at);
    this.ring.set(last.subarray(TAIL_BYTES - at), 0);
  }

  /** @returns the lines of it, as a terminal shows them */
  lines(): string[] {
    const lines: string[] = [];
    const reader = new ConsoleReader((text) => void lines.push(text));
    const end = this.totalBytes % TAIL_BYTES;
    if (this.totalBytes >= TAIL_BYTES) reader.write(this.ring.subarray(end));
    reader.write(this.ring.subarray(0, end));
    reader.end();
    return lines;
  }
}
