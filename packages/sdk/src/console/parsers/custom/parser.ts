import { plainLine } from "ava-protocol";
import { AvaError } from "../../../place/error.js";
import { addEpoch } from "../epoch.js";
import { phaseOfWord } from "../generic/phase.js";
import { prefixOf } from "../generic/prefix.js";
import { StampClock, stampOf } from "../generic/stamp.js";
import { metricName } from "../metric-name.js";
import { looseNumber } from "../number.js";
import type { Metric, ParsedItem, Parser, ParserOptions } from "../parser.js";
import { markPlace } from "./mark-place.js";
import { requiredText } from "./required-text.js";

/** Longer lines are skipped and counted: the work of a regex may grow with the square of the length, and no metric line is that long. */
const CUSTOM_LINE_CHARS = 4096;

const COUNTERS = ["step", "epoch", "batch", "total"] as const;
type Counters = Pick<Metric, (typeof COUNTERS)[number] | "phase">;

/** Groups that are not metrics. */
const PLACES: ReadonlySet<string> = new Set([...COUNTERS, "phase", "name"]);

/**
 * A parser out of a user's regex. Named groups are the metrics: `(?<loss>...)`. The groups `step`, `epoch`, `batch` and `total` are
 * counters for the metrics of their match and of the matches after it in the same line, and so is `phase`, which also stands in front of their names;
 * the groups `name` and `value` together are one metric under the printed name. Python's `(?P<loss>...)` is understood.
 *
 * @param pattern - source of the regex, without slashes
 * @param options - the length of an epoch
 * @returns the parser; it finds every match of a line
 * @throws AvaError METRIC_REGEX_INVALID when it is not a regular expression, or has no group that gives a metric
 */
export function createCustomParser(pattern: string, options: ParserOptions): Parser {
  const source = withoutP(pattern);
  let regex: RegExp;
  try {
    regex = new RegExp(source, "gu");
  } catch {
    // Without the `u` flag more is accepted, like a needless backslash.
    regex = compile(source, pattern);
  }
  const groups = groupNames(regex);
  const pair = groups.includes("name") && groups.includes("value");
  const metrics = groups.filter((name) => !PLACES.has(name) && !(pair && name === "value"));
  if (metrics.length === 0 && !pair) {
    throw new AvaError(
      "METRIC_REGEX_INVALID",
      `the regex ${quoted(pattern)} has no group that gives a metric: name one like (?<loss>[-+.\\deE]+), or use (?<name>...) and (?<value>...) together`,
    );
  }
  return new CustomParser(regex, metrics, pair, options);
}

class CustomParser implements Parser {
  readonly requiredText: string | undefined;
  readonly #regex: RegExp;
  readonly #metrics: readonly string[];
  readonly #pair: boolean;
  readonly #options: ParserOptions;
  #skipped = 0;

  constructor(regex: RegExp, metrics: readonly string[], pair: boolean, options: ParserOptions) {
    this.requiredText = requiredText(regex.source);
    this.#regex = regex;
    this.#metrics = metrics;
    this.#pair = pair;
    this.#options = options;
  }

  get skippedLines(): number {
    return this.#skipped;
  }

  feed(text: string, line: number): ParsedItem[] {
    if (text.length > CUSTOM_LINE_CHARS) {
      this.#skipped += 1;
      return [];
    }
    const items: ParsedItem[] = [];
    const counters: Counters = {};
    let printedPhase = "";
    for (const { groups = {} } of text.matchAll(this.#regex)) {
      Object.assign(counters, countersOf(groups));
      printedPhase = groups["phase"] ?? printedPhase;
      const phase = phaseOfWord(printedPhase);
      if (phase === undefined) delete counters.phase;
      else counters.phase = phase;
      const front = printedPhase === "" ? "" : `${metricName(printedPhase)}/`;
      const pairs = this.#metrics.map((name) => [name, groups[name]] as const);
      if (this.#pair) pairs.unshift([metricName(groups["name"] ?? ""), groups["value"]]);
      for (const [name, printed = ""] of pairs) {
        const value = looseNumber(printed);
        if (value === undefined || name === "") continue;
        const metric: Metric = { name: name.startsWith(front) ? name : front + name, value, ...counters, line };
        addEpoch(metric, this.#options);
        items.push(metric);
      }
    }
    if (items.length > 0 && this.#options.readsTimes === true) this.#addTime(text, items);
    return items;
  }

  /** Keeps nothing from line to line: the guard may interrupt it anywhere. */
  #addTime(text: string, items: ParsedItem[]): void {
    const timeMs = new StampClock(this.#options.referenceTimeMs).timeMs(stampOf(text, prefixOf(text).end));
    if (!Number.isNaN(timeMs)) for (const item of items) item.timeMs = timeMs;
  }
}

function countersOf(groups: Record<string, string | undefined>): Counters {
  const counters: Counters = {};
  for (const name of COUNTERS) {
    const value = groups[name] === undefined ? undefined : looseNumber(groups[name]);
    if (value !== undefined && Number.isFinite(value)) counters[name] = value;
  }
  return counters;
}

/** Python's form of a named group is understood. */
function withoutP(pattern: string): string {
  return pattern.replaceAll("(?P<", "(?<");
}

function compile(source: string, pattern: string): RegExp {
  try {
    return new RegExp(source, "g");
  } catch (cause) {
    // `Invalid regular expression: /(/g: Unterminated group`
    const { message } = cause as Error;
    const why = message.slice(message.lastIndexOf(": ") + 2);
    throw new AvaError("METRIC_REGEX_INVALID", `${quoted(pattern)} is not a regex: ${why}${markPlace(pattern, isRegex)}`, { cause });
  }
}

function isRegex(pattern: string): boolean {
  try {
    return new RegExp(withoutP(pattern), "g").global;
  } catch {
    // That is the answer.
    return false;
  }
}

/** What is not a group though it may look like one, or a named group. */
const GROUP = /\\.|\[(?:\\.|[^\]\\])*\]|\(\?<([^>=!][^>]*)>/gs;

/** The names of a regex's groups, out of its source: a match would tell them, too, but some regexes take seconds until they can be matched. */
function groupNames({ source }: RegExp): string[] {
  const names = Array.from(source.matchAll(GROUP), ([, name = ""]) => name.replace(/\\u\{?([\da-fA-F]+)\}?/g, unescaped));
  return [...new Set(names.filter((name) => name !== ""))];
}

function unescaped(_escape: string, hex: string): string {
  return String.fromCodePoint(Number.parseInt(hex, 16));
}

/** As it was written: its backslashes are not doubled. */
function quoted(pattern: string): string {
  return `"${plainLine(pattern.length > 200 ? `${pattern.slice(0, 200)}...` : pattern)}"`;
}
