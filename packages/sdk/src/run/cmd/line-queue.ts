/**
 * Most lines that wait: more than one chunk of 64 KiB can hold, so that a hook that keeps up never loses any.
 */
const MAX_LINES = 100_000;
/** Most characters that wait: a few hundred of the longest lines. */
const MAX_CHARS = 16_777_216;
/** Places at the front that were taken and are not yet given back. */
const MAX_GAP = 1024;

/** Lines that wait for a log hook, first in, first out; those that find no room are counted. */
export class LineQueue {
  /** Lines that found no room. */
  dropped = 0;
  private lines: string[] = [];
  private first = 0;
  private chars = 0;
  /** The last lines that may have been cut off. */
  private cut = 0;

  /** @param line - waits if there is room @param isCut - it is the last of its output and has no line end */
  push(line: string, isCut = false): void {
    if (this.size >= MAX_LINES || this.chars + line.length > MAX_CHARS) {
      this.dropped += 1;
      return;
    }
    this.lines.push(line);
    this.chars += line.length;
    if (isCut) this.cut += 1;
  }

  /** Whether the line that {@link shift} gave last may have been cut off. */
  get wasCut(): boolean {
    return this.size < this.cut;
  }

  /** @returns the next line, or `undefined` when none waits */
  shift(): string | undefined {
    const line = this.lines[this.first];
    if (line === undefined) return undefined;
    this.first += 1;
    this.chars -= line.length;
    if (this.first >= MAX_GAP && this.first * 2 >= this.lines.length) {
      this.lines = this.lines.slice(this.first);
      this.first = 0;
    }
    return line;
  }

  /** Lines that wait. */
  get size(): number {
    return this.lines.length - this.first;
  }

  /** @returns a queue of the same lines and counts */
  copy(): LineQueue {
    const queue = new LineQueue();
    queue.lines = this.lines.slice(this.first);
    queue.chars = this.chars;
    queue.dropped = this.dropped;
    queue.cut = this.cut;
    return queue;
  }

  /** Lines will not be taken any more: they count as dropped. */
  abandon(): void {
    this.dropped += this.size;
    this.lines = [];
    this.first = 0;
    this.chars = 0;
    this.cut = 0;
  }
}
