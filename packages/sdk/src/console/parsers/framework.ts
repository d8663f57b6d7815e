import type { FormFinder } from "./generic/form-finder.js";
import type { Parser, ParserOptions } from "./parser.js";

/** A trainer whose console output can be read: one folder below `parsers/` each. */
export interface Framework {
  /** What `--parser` calls it. */
  readonly name: string;
  /** @param options - facts for the parser @param forms - of lines, where several parsers look for them @returns a parser with fresh state, for one stream */
  create(options: ParserOptions, forms?: FormFinder): Parser;
  /**
   * Cheap first look at the bytes of a line, where the trainer's lines may have neither a number nor the form of a table or a heading; without it those that have are looked at.
   *
   * @param bytes - a chunk of output
   * @param start - index of the line's first byte
   * @param end - index after its last byte, line end not included
   * @returns false when the line surely tells this trainer's parser nothing
   */
  mayTell?(bytes: Uint8Array, start: number, end: number): boolean;
  /**
   * Whether a line can only come from this trainer; asked for lines that a first look lets through. Such a line is read by this trainer's parser alone, what it tells nothing of included.
   *
   * @param text - one line
   * @returns true when `auto` may decide for this trainer
   */
  recognizes(text: string): boolean;
}
