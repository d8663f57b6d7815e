import { InvalidArgumentError } from "commander";
import { PARSER_NAMES } from "../console/parsers/registry.js";

/** Exit code of a wrong command line. */
export const USAGE_EXIT_CODE = 2;

/** Collects the values of a flag that may be repeated. @param value - next value @param before - those so far @returns all of them */
export function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

/** What `--parser` of several commands says of itself. */
export const PARSER_HELP: string = `whose output it is: ${PARSER_NAMES.join(", ")}, or several, as in caffe,generic`;

/** What `--rules` of several commands says of itself. */
export const RULES_HELP = "JSON file with a list of such regexes";

/**
 * @param text - value of a flag
 * @returns the number
 * @throws InvalidArgumentError for anything but a whole number from 1
 */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("give a whole number from 1.");
  return value;
}

/**
 * Ends the process because the command line, or a file it names, is wrong.
 *
 * @param message - what is wrong and what to do
 */
export function failUsage(message: string): never {
  process.stderr.write(`ava-sdk: ${message}\n`);
  process.exit(USAGE_EXIT_CODE);
}
