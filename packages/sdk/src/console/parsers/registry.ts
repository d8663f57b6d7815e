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

/** Trainers whose lines are read by the general forms: their names stand for `generic`. */
const GENERAL_NAMES: readonly string[] = [
  "chainer",
  "fasttext",
  "keras",
  "lightgbm",
  "lightning",
  "pytorch",
  "scikit-learn",
  "spacy",
  "stable-baselines3",
  "tqdm",
  "transformers",
  "xgboost",
];

/** What `--parser` takes, alone or several separated by commas; `auto` and `none` only alone. */
export const PARSER_NAMES: readonly string[] = ["auto", "none", ...FRAMEWORKS.map(({ name }) => name)];

/** Which parsers read a stream, as the user chose them. */
export interface ParserSelection {
  /** One of {@link PARSER_NAMES}, or several separated by commas: of a line, the first that reads metrics of it tells them. Default `auto`. */
  parser?: string;
  /** Regexes of `--metric`; they read before the parsers. */
  metrics?: readonly string[];
  /** Regexes of the training on the platform: they tell metrics of a line that those of `--metric` told none of. */
  trainingRules?: readonly string[];
}

/** A parser under the name that messages call it by. */
export interface NamedParser {
  name: string;
  parser: Parser;
  /** Runs a regex that we did not write: its time has to be limited. */
  untrusted: boolean;
  /** A regex that the training on the platform has. */
  isOfTraining?: boolean;
}

/** A parser of the user's own. */
export interface ParserPlugin {
  /** What `--parser` calls it: lower-case letters, digits and dashes. */
  readonly name: string;
  /** @returns a parser with fresh state, for one stream */
  create(options: ParserOptions): Parser;
}

const plugins: ParserPlugin[] = [];

/**
 * Adds a parser of one's own to those that this process knows. With `auto` it reads every line first, and the other parsers tell no metrics of a line that
 * it told some of; with its name as `parser` it alone reads.
 *
 * @param plugin - its name, and what makes it
 * @throws AvaError PARSER_INVALID when the name is taken, or not made of lower-case letters, digits and dashes, and where `create` is missing
 */
export function registerParser(plugin: ParserPlugin): void {
  const { name, create } = plugin;
  if (typeof name !== "string" || !/^[a-z][a-z0-9-]*$/.test(name))
    throw new AvaError("PARSER_INVALID", `a parser cannot be called ${JSON.stringify(name)}: use lower-case letters, digits and dashes`);
  if (knownNames().includes(name) || GENERAL_NAMES.includes(name))
    throw new AvaError("PARSER_INVALID", `there is a parser ${name} already`);
  if (typeof create !== "function") throw new AvaError("PARSER_INVALID", `the parser ${name} needs a function "create" that makes it`);
  plugins.push(plugin);
}

/**
 * Makes the parsers for one stream. They have state: every stream needs its own.
 *
 * @param selection - what the user chose
 * @param options - facts for the parsers
 * @returns the parsers, the regexes of the user first: they win on their lines
 * @throws AvaError PARSER_UNKNOWN or METRIC_REGEX_INVALID
 */
export function createParsers(
  { parser = "auto", metrics = [], trainingRules = [] }: ParserSelection,
  options: ParserOptions,
): NamedParser[] {
  const ruleOf = (pattern: string, name: string) => ({ name, parser: createCustomParser(pattern, options), untrusted: true });
  const rules: NamedParser[] = [
    ...metrics.map((pattern) => ruleOf(pattern, ruleName(pattern))),
    ...trainingRules.map((pattern) => ({ ...ruleOf(pattern, `the training's rule ${pattern}`), isOfTraining: true })),
  ];
  const trusted = ({ name, create }: ParserPlugin) => ({ name, parser: create(options), untrusted: false });
  if (parser === "none") return rules;
  if (parser !== "auto") return [...rules, ...Array.from(chosen(parser), trusted)];
  return [...rules, ...plugins.map(trusted), { name: parser, parser: new AutoParser(RECOGNIZED, options), untrusted: false }];
}

/** @param pattern - a regex of `--metric` @returns what messages and readings call it */
export function ruleName(pattern: string): string {
  return `--metric ${pattern}`;
}

/** @returns each of a list of parsers once, in its order */
function chosen(list: string): Set<ParserPlugin> {
  const names = list.split(",").map((name) => name.trim());
  return new Set(
    names.map((name) => {
      if (name === "auto" || name === "none") throw new AvaError("PARSER_UNKNOWN", `--parser ${list}: ${name} stands alone`);
      const found = [...plugins, ...FRAMEWORKS].find((one) => one.name === name);
      if (found !== undefined) return found;
      if (GENERAL_NAMES.includes(name)) return generic;
      throw unknownParser(name);
    }),
  );
}

function knownNames(): string[] {
  return [...PARSER_NAMES, ...plugins.map(({ name }) => name)];
}

function unknownParser(name: string): AvaError {
  const nearest = nearestName(name, [...knownNames(), ...GENERAL_NAMES]);
  const hint = nearest === undefined ? "" : `; did you mean ${nearest}?`;
  return new AvaError("PARSER_UNKNOWN", `there is no parser ${JSON.stringify(name)}: known are ${knownNames().join(", ")}${hint}`);
}
