import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";
import type { WriteStream } from "node:tty";
import { Command, InvalidArgumentError, Option } from "commander";
import { MetricReader } from "../console/parsers/metric-reader.js";
import type { ParsedItem } from "../console/parsers/parser.js";
import { type ParserProblem, type TextListener, wordsOfSilent } from "../console/parsers/reader-reports.js";
import { createParsers } from "../console/parsers/registry.js";
import { AvaError } from "../place/error.js";
import { explainLine } from "./explain.js";
import { collect, PARSER_HELP, positiveInteger, RULES_HELP } from "./options.js";
import { PARSE_FORMATS } from "./parse-output.js";
import { readRules } from "./rules.js";

const READ_BYTES = 262_144;

/** Options of `ava-sdk parse`. */
export interface ParseOptions {
  /** Path, or `-` for standard input. */
  file: string;
  parser?: string;
  metric?: readonly string[];
  /** Path of a file with more of them. */
  rules?: string;
  batchOfEpoch?: number;
  /** Year of the first time stamp where stamps have none; default: what fits the file's age, or today. */
  year?: number;
  format: keyof typeof PARSE_FORMATS;
  /** Print each line of the input and, below it, what was read of it and by which parser. */
  explain?: boolean;
}

/** The streams of the process that a command works on. */
export interface ParseStreams {
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
}

/**
 * `ava-sdk parse`: console text in, metrics and events out in the order of the lines.
 *
 * @param options - as on the command line
 * @param io - streams to read, to write results to, and to write words for people to
 * @returns the exit code: 0, 1 when the input can't be read, 2 for an unknown parser or a bad regex
 */
export async function parseCommand(options: ParseOptions, io: ParseStreams): Promise<number> {
  const say = (message: string): void => void io.stderr.write(`ava-sdk parse: ${message}\n`);
  const format = PARSE_FORMATS[options.format];
  const output = new Output(io.stdout);
  try {
    const { file, year, batchOfEpoch, metric = [], rules } = options;
    const referenceTimeMs = year === undefined ? await ageOf(file) : middleOf(year);
    const selection = { ...(options.parser && { parser: options.parser }), metrics: [...metric, ...(rules ? readRules(rules) : [])] };
    const parsers = createParsers(selection, { referenceTimeMs, readsTimes: true, ...(batchOfEpoch !== undefined && { batchOfEpoch }) });
    const onProblem = ({ parser, line, message }: ParserProblem) =>
      say(`parser ${parser} was stopped at line ${line}: ${message}; what it would read after that is missing`);
    let explained = "";
    const hasColors = (io.stdout as Partial<WriteStream>).hasColors?.() ?? false;
    const explain: TextListener = (text, line, readings) => {
      explained += explainLine(text, line, readings, hasColors);
    };
    const reader = new MetricReader(parsers, onProblem, options.explain ? explain : undefined);
    const shown = (items: readonly ParsedItem[]) => {
      if (!options.explain) return items.map(format.line).join("");
      const lines = explained;
      explained = "";
      return lines;
    };
    if (!options.explain && !(await output.write(format.head))) return 0;
    const input = file === "-" ? io.stdin : createReadStream(file, { highWaterMark: READ_BYTES });
    for await (const chunk of input) {
      if (!(await output.write(shown(reader.write(chunk as Uint8Array))))) return 0;
    }
    await output.write(shown(reader.end()));
    const { truncatedLines, skippedLines } = reader.unread;
    if (truncatedLines > 0) say(`${truncatedLines} overlong lines were cut`);
    if (skippedLines > 0) say(`${skippedLines} lines were too long for a --metric regex and were not searched`);
    for (const rule of reader.silentRules) say(wordsOfSilent(rule));
    return 0;
  } catch (error) {
    say(messageOf(error, options.file));
    return error instanceof AvaError ? 2 : 1;
  }
}

/**
 * @returns the command `parse`, to be added to `ava-sdk`; sets the exit code of the process
 */
export function buildParseCommand(): Command {
  return new Command("parse")
    .description("Read metrics and events out of console text")
    .argument("[file]", "file to read, - for standard input", "-")
    .option("--parser <name>", PARSER_HELP, "auto")
    .option("--metric <regex>", "regex with named groups as metrics, (?<loss>...); may be repeated", collect, [])
    .option("--rules <file>", RULES_HELP)
    .option("--batch-of-epoch <n>", "batches of one epoch: gives metrics with a step an epoch", positiveInteger)
    .option("--year <y>", "year of the first time stamp, where stamps have none", fourDigitYear)
    .addOption(new Option("--explain", "print each line with what is read of it, and by which parser").conflicts("format"))
    .addOption(new Option("--format <format>", "output format").choices(Object.keys(PARSE_FORMATS)).default("ndjson"))
    .action(async (file: string, options: Omit<ParseOptions, "file">) => {
      process.exitCode = await parseCommand({ ...options, file }, process);
    });
}

/** Results on their way out, at the speed of who reads them. */
class Output {
  readonly #stream: Writable;
  #error: NodeJS.ErrnoException | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on("error", (error) => this.#fail(error));
  }

  /** @returns false when the reader has gone (`| head`), which is not an error; resolves when more may be written */
  async write(text: string): Promise<boolean> {
    if (text !== "" && this.#error === undefined) {
      await new Promise<void>((resolve) => {
        this.#stream.write(text, (error) => {
          this.#fail(error);
          resolve();
        });
      });
    }
    if (this.#error !== undefined && this.#error.code !== "EPIPE") throw this.#error;
    return this.#error === undefined;
  }

  #fail(error: Error | null | undefined): void {
    this.#error ??= error ?? undefined;
  }
}

/** A log's last lines are as old as the file. */
async function ageOf(file: string): Promise<number> {
  return file === "-" ? Date.now() : (await stat(file)).mtimeMs;
}

/** From the exact middle of a year, every stamp is nearest when read as one of that year. */
function middleOf(year: number): number {
  return (new Date(year, 0, 1).getTime() + new Date(year + 1, 0, 1).getTime()) / 2;
}

function fourDigitYear(text: string): number {
  const year = positiveInteger(text);
  if (year < 1970 || year > 9999) throw new InvalidArgumentError("It must be a year from 1970.");
  return year;
}

function messageOf(error: unknown, file: string): string {
  if (error instanceof AvaError) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return `there is no file ${file}`;
  if (code === "EISDIR") return `${file} is a directory; give a file`;
  if (code === "EACCES") return `${file} may not be read: permission denied`;
  return `${file}: ${message}`;
}
