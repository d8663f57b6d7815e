import { type ChunkWords, wordsOf } from "./chunk-words.js";
import type { OutputSeries } from "./output-names.js";

/** Kinds of lines of one log that are kept: outputs of nets, mostly. */
const MOST_KEPT = 1000;

/** A kind of line that was read in full: all from its time to its number. */
export interface KnownLine {
  readonly words: Float64Array;
  readonly length: number;
  /** Of the output whose value follows; `undefined` where an iteration follows. */
  series: OutputSeries | undefined;
  /** The line that came after it the last time, and another that came before: a test comes after some displays only. */
  next: KnownLine | undefined;
  other: KnownLine | undefined;
}

/**
 * Knows lines again by comparing them with the one that came after the last one before: displays of a net repeat in the same order. Comparing words of memory takes a small part of
 * the time that reading the same bytes does.
 */
export class KnownLines {
  readonly #byText = new Map<string, KnownLine>();
  readonly #chunkWords: ChunkWords;
  #last: KnownLine | undefined;

  /** @param chunkWords - of the stream */
  constructor(chunkWords: ChunkWords) {
    this.#chunkWords = chunkWords;
  }

  /**
   * @param bytes - a chunk of output
   * @param start - where the line goes on behind its time
   * @param end - index after its last byte
   * @returns the line that it is, up to its number; `undefined` when it has to be read
   */
  find(bytes: Uint8Array, start: number, end: number): KnownLine | undefined {
    const last = this.#last;
    if (last === undefined) return undefined;
    if (this.#isAt(bytes, start, end, last.next)) return last.next;
    return this.#isAt(bytes, start, end, last.other) ? last.other : undefined;
  }

  /** The line was the one that was found. @param known - of {@link find} */
  passed(known: KnownLine): void {
    this.#last = known;
  }

  /**
   * Remembers a line that had to be read, and that it came after the last one.
   *
   * @param bytes - a chunk of output
   * @param start - where the line goes on behind its time
   * @param end - where its number begins
   * @param series - of the output; `undefined` for an iteration
   */
  learn(bytes: Uint8Array, start: number, end: number, series: OutputSeries | undefined): void {
    const length = end - start;
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString("latin1");
    let known = this.#byText.get(text);
    if (known === undefined) {
      if (this.#byText.size >= MOST_KEPT) this.#byText.clear();
      known = { words: wordsOf(bytes.subarray(start, end)), length, series, next: undefined, other: undefined };
      this.#byText.set(text, known);
    }
    known.series = series;
    const last = this.#last;
    if (last !== undefined && last.next !== known) {
      last.other = last.next;
      last.next = known;
    }
    this.#last = known;
  }

  #isAt(bytes: Uint8Array, start: number, end: number, known: KnownLine | undefined): boolean {
    if (known === undefined || start + known.length > end) return false;
    return this.#chunkWords.areAt(bytes, start, known.words, known.length);
  }
}
