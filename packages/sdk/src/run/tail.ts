import { ConsoleReader } from "../console/terminal/console-reader.js";

/** How much of a stream's end is kept: a stack and what stands before it. */
const TAIL_BYTES = 65_536;

/** The end of a stream, for the words with which a command failed. */
export class Tail {
  private chunks: Uint8Array[] = [];
  private bytes = 0;

  /** @param chunk - next bytes; not changed afterwards */
  add(chunk: Uint8Array): void {
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    while (this.bytes - (this.chunks[0]?.length ?? 0) >= TAIL_BYTES) this.bytes -= this.chunks.shift()?.length ?? 0;
  }

  /** @returns the lines of it, as a terminal shows them */
  lines(): string[] {
    const lines: string[] = [];
    const reader = new ConsoleReader((text) => void lines.push(text));
    reader.write(Buffer.concat(this.chunks).subarray(-TAIL_BYTES));
    reader.end();
    return lines;
  }
}
