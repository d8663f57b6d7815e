import { AvaError } from "../../place/error.js";
import { AutoParser } from "./auto.js";
import { caffe } from "./caffe/parser.js";
import { createCustomParser } from "./custom/parser.js";
import { darknet } from "./darknet/parser.js";
import type { Framework } from "./framework.js";
import { generic } from "./generic/framework.js";
import { kaldi } from "./kaldi/parser.js";
import { mxnet } from "./mxnet/parser.js";
import { nearestName } from "./nearest-name.js";
import type { Parser, ParserOptions } from "./parser.js";
import { rayTune } from "./ray-tune/parser.js";
import { ultralytics } from "./ultralytics/parser.js";

const FRAMEWORKS: readonly Framework[] = [caffe, darknet, kaldi, mxnet, rayTune, ultralytics, generic];

/** Trainers that `auto` tells by lines of their own. */
const RECOGNIZED: readonly Framework[] = FRAMEWORKS.filter((framework) => framework !== generic);

/** What `--parser` takes. */
export const PARSER_NAMES: readonly string[] = ["auto", "none", ...FRAMEWORKS.map(({ name }) => name)];

/** Which parsers read a stream, as the user chose them. */
export interface ParserSelection {
  /** One of {@link PARSER_NAMES}; default `auto`. */
  parser?: string;
  /** Regexes of `--metric`; they read beside the parser. */
  metrics?: readonly string[];
}

/** A parser under the name that messages call it by. */
export interface NamedParser {
  name: string;
  parser: Parser;
  /** Runs a regex that we did not write: its time has to be limited. */
  untrusted: boolean;
}

/**
 * Makes the parsers for one stream. They have state: every stream needs its own.
 *
 * @param selection - what the user chose
 * @param options - facts for the parsers
 * @returns the parsers, those of the user first: they win on their lines
 * @throws AvaError PARSER_UNKNOWN or METRIC_REGEX_INVALID
 */
export function createParsers(selection: ParserSelection, options: ParserOptions): NamedParser[] {
  const custom = (selection.metrics ?? []).map((pattern) => ({
    name: `--metric ${pattern}`,
    parser: createCustomParser(pattern, options),
    untrusted: true,
  }));
  const name = selection.parser ?? "auto";
  if (name === "none") return custom;
  const framework = FRAMEWORKS.find((one) => one.name === name);
  if (name !== "auto" && framework === undefined) throw unknownParser(name);
  const parser = framework === undefined ? new AutoParser(RECOGNIZED, options) : framework.create(options);
  return [...custom, { name, parser, untrusted: false }];
}

function unknownParser(name: string): AvaError {
  const nearest = nearestName(name, PARSER_NAMES);
  const hint = nearest === undefined ? "" : `; did you mean ${nearest}?`;
  return new AvaError("PARSER_UNKNOWN", `there is no parser ${JSON.stringify(name)}: known are ${PARSER_NAMES.join(", ")}${hint}`);
}
