/**
 * Compares bytes of a chunk with remembered ones, eight at a time. They are compared as float64, which is exact: text has no pattern of a NaN, and a NaN would only be unlike itself; nor has it
 * a NUL, so that no zero differs from another.
 */
export class ChunkWords {
  #chunk: Uint8Array | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));

  /**
   * @param chunk - output; not replaced by other bytes while it is compared
   * @param start - index of the first byte; the words fit into the chunk from there
   * @param words - of {@link wordsOf}
   * @param length - bytes that were remembered
   * @returns whether they are the same
   */
  areAt(chunk: Uint8Array, start: number, words: Float64Array, length: number): boolean {
    const view = this.#viewOf(chunk);
    // The end differs more often than the beginning.
    if (view.getFloat64(start + length - 8, true) !== words[words.length - 1]) return false;
    for (let index = 0; index < words.length - 1; index += 1) if (view.getFloat64(start + 8 * index, true) !== words[index]) return false;
    return true;
  }

  /** @param chunk - output @param start - index of a byte with seven behind it @returns the eight as one value, to be compared with that of others */
  wordAt(chunk: Uint8Array, start: number): number {
    return this.#viewOf(chunk).getFloat64(start, true);
  }

  #viewOf(chunk: Uint8Array): DataView {
    if (chunk !== this.#chunk) {
      this.#chunk = chunk;
      this.#view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    }
    return this.#view;
  }
}

/** @param bytes - at least eight @returns them by eight, the last of which may overlap the ones before */
export function wordsOf(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: Math.ceil(bytes.length / 8) }, (_, index) =>
    view.getFloat64(Math.min(8 * index, bytes.length - 8), true),
  );
}
