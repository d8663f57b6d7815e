import type { Parser, ParserOptions } from "./parser.js";

/** A trainer whose console output can be read: one folder below `parsers/` each. */
export interface Framework {
  /** What `--parser` calls it. */
  readonly name: string;
  /** @returns a parser with fresh state, for one stream */
  create(options: ParserOptions): Parser;
  /**
   * Whether a line can only come from this trainer; asked for lines that its parser's `mayTell` lets through.
   *
   * @param text - one line
   * @returns true when `auto` may decide for this trainer
   */
  recognizes(text: string): boolean;
}
