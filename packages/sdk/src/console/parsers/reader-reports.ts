import type { ParsedItem } from "./parser.js";

/** Why a parser reads no more. */
export interface ParserProblem {
  parser: string;
  reason: "threw" | "too_slow";
  /** The line that it failed at. */
  line: number;
  message: string;
}

/** What could not be read, counted. */
export interface UnreadCounts {
  /** Lines or frames cut at the reader's limit of length. */
  truncatedLines: number;
  /** Lines too long for a parser, summed over the parsers. */
  skippedLines: number;
  /** Parsers that threw or were too slow and read no more. */
  disabledParsers: number;
}

/** What one parser told of a text. */
export interface Reading {
  parser: string;
  items: readonly ParsedItem[];
  /** Its metrics do not count: another parser told metrics of this text before it. */
  isLeftOut: boolean;
}

/** Told of each line, or frame of a line, and what was read of it. `text` is `undefined` for what is told when no line comes any more. */
export type TextListener = (text: string | undefined, line: number, readings: readonly Reading[]) => void;

/** @param rule - of {@link MetricReader.silentRules} @returns the words for it */
export function wordsOfSilent(rule: string): string {
  return `${rule} has read nothing: no line matched it, or no match had a number`;
}
