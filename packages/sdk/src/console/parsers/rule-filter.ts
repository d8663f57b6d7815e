import type { NamedParser } from "./registry.js";

interface Wanted {
  /** Text that each line has which the rule matches. */
  bytes: Buffer;
  /** Where it stands next in the chunk. */
  found: number;
}

/** Tells the lines that no regex of the user can match: they are read from their bytes, as without regexes. */
export class RuleFilter {
  readonly #wanted: Wanted[] = [];
  #isBlind = false;
  #chunk: Uint8Array | undefined;

  /** @param rules - the user's regexes */
  constructor(rules: readonly NamedParser[]) {
    for (const { parser } of rules) {
      const { requiredText } = parser;
      if (requiredText === undefined) this.#isBlind = true;
      else this.#wanted.push({ bytes: Buffer.from(requiredText), found: -1 });
    }
  }

  /**
   * @param bytes - a chunk of output
   * @param start - index of a line's first byte; they grow within a chunk
   * @param end - index after its last byte
   * @param isFrame - the bytes lie where other frames lay
   * @returns whether a regex may match the line
   */
  mayMatch(bytes: Uint8Array, start: number, end: number, isFrame: boolean): boolean {
    if (this.#isBlind) return true;
    if (isFrame) return this.#isIn(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start));
    const isNew = bytes !== this.#chunk;
    this.#chunk = bytes;
    let mayMatch = false;
    for (const one of this.#wanted) {
      if (isNew || one.found < start) {
        const at = Buffer.prototype.indexOf.call(bytes, one.bytes, start);
        one.found = at < 0 ? Number.POSITIVE_INFINITY : at;
      }
      mayMatch ||= one.found + one.bytes.length <= end;
    }
    return mayMatch;
  }

  #isIn(frame: Buffer): boolean {
    for (const { bytes } of this.#wanted) if (frame.includes(bytes)) return true;
    return false;
  }
}
