import { indexOfByte } from "../../index-of-byte.js";

/**
 * Finds the next place of one byte in a chunk, for positions that grow: between two places it is looked up once, however often it is asked for. The search itself is native and
 * passes many bytes at a time.
 */
export class NextByte {
  readonly #byte: number;
  #chunk: Uint8Array | undefined;
  #from = 0;
  #found = 0;

  /** @param byte - what is looked for */
  constructor(byte: number) {
    this.#byte = byte;
  }

  /**
   * @param chunk - not changed while it is asked about
   * @param from - index to begin at
   * @returns index of the byte at or behind `from`; the length of the chunk where there is none
   */
  at(chunk: Uint8Array, from: number): number {
    if (chunk === this.#chunk && from >= this.#from && from <= this.#found) return this.#found;
    const found = indexOfByte(chunk, this.#byte, from);
    this.#chunk = chunk;
    this.#from = from;
    this.#found = found < 0 ? chunk.length : found;
    return this.#found;
  }
}
