import { metricName } from "../metric-name.js";
import { counterWord } from "./counter-word.js";
import { isIdeograph } from "./full-width.js";
import { isOfWord } from "./number-at.js";
import { phaseOfWord } from "./phase.js";
import { trimKey } from "./trim-key.js";
import { backOverBlanks, walkBack } from "./walk-back.js";
import { kindOf } from "./words.js";

/** How a number hangs on its key. */
export type Link = "=" | ":" | " " | "";

/** The key in front of a number. */
export interface KeyBefore {
  /** As printed, trimmed; empty where the number has none. */
  key: string;
  link: Link;
  /** `[` or `(` directly before the number. */
  opener: string;
  /** What stands before the key, behind the number before. */
  lead: string;
  /** The key is an argument of a call: `Adam(lr=0.1`. */
  isInCall: boolean;
  isQuoted: boolean;
  /** What a counter's words began with (`Validation loss at epoch`): the value behind the counter is of it. */
  measure: string;
}

/** `reducing learning rate to 0.001.` */
const RATE_TO = /\b(learning[ _]rate|lr)(?: of group \d+)?(?: to| is|:)$/i;
/** `|proj g|` */
const BETWEEN_BARS = /\|\w+(?: \w+)?\|$|(?<=\{)[A-Za-z][\w ]*(?=\}$)/;
/** `loss - 7.25` */
const DASHED = /[a-z] -$/;
/** `('average_loss', 0.5)`, and `('epoch', 3, 'loss', 0.5)` as Python 2 prints several */
const IN_TUPLE = /\(\s*(["'])([^"']+)\1,\s*$/;
const LATER_IN_TUPLE = /^,\s*(["'])([^"']+)\1,\s*$/;
/** The last number of a line. */
const LAST = /^-?\d[\d,]*(?:\.\d+)?(?: ?(?:%|[a-zA-Z]{1,3}))?\s*$/;
/** `loss is 0.5`, `reward of -12.5` */
const TOLD = / (?:is|was|are|were|of)$/;
/** Not how many there are: `accuracy of 10000 images`. */
const MEASURED = /^[-+]?(?:\d*\.\d|\d+ ?%)/;
/** `time [s]`, of what stands in front of a number */
const WITH_UNIT = /[\w)] ?\[(?:[mun\u00b5]?s|secs?|min|h|%|[kMGT]i?B|px|dB|mm|m|nats?|bits?|m?eV|Hz|it\/s)\]$/;
/** `Step 100: eval          accuracy`: columns of words. */
const PHASE_APART = /[:|]\s*([A-Za-z]+)\s{2,}$/;
/** `准确率为 0.9` */
const IS = /(?:调整|更新)?(?:为|是|は|が|(?:达到?|(?:提高|提升|下降|降低|降|升)?[到至])了?|等于) *$/;
const OF_MEASURES =
  /(?:(?<=[a-z])(?:step|epoch|round)|metrics?|stats?|statistics|results?|outputs?|scores?|report|summary|losses|state|record|history)$/i;
/** `Loss ........ 0.5` */
const LEADERS = /\.{3,}$/;
/** In a key, and in one that is linked and says what is measured. */
const MOST_WORDS = 6;
const MOST_WORDS_OF_MEASURE = 9;

/**
 * Finds the key of a number by looking back from it.
 *
 * @param text - one line
 * @param from - index behind the number before
 * @param start - index of the number
 * @returns the key, how it is linked, and what stands before it
 */
export function keyBefore(text: string, from: number, start: number): KeyBefore {
  const found: KeyBefore = { key: "", link: "", opener: "", lead: "", isInCall: false, isQuoted: false, measure: "" };
  const isBehindComma = text.charCodeAt(start - 2) === 0x2c || text.charCodeAt(start - 1) === 0x2c;
  const inTuple = from > 0 && /^\s*\(["']/.test(text) ? LATER_IN_TUPLE : IN_TUPLE;
  const tuple = isBehindComma ? inTuple.exec(text.slice(from, start)) : null;
  if (tuple) return { ...found, key: tuple[2] as string, link: "=", isQuoted: true };
  let at = start;
  if (at > from && isQuote(text.charCodeAt(at - 1))) at -= 1;
  while (at > from && (text[at - 1] === "[" || text[at - 1] === "(")) {
    found.opener = `${text[at - 1]}${found.opener}`;
    at -= 1;
  }
  if (at > from && text[at - 1] === "#") at -= 1;
  // `[ 1/20]`, `( 0.03)`
  const blanks = at;
  at = backOverBlanks(text, from, at);
  if (found.opener === "" && at > from && (text[at - 1] === "[" || text[at - 1] === "(") && at < blanks) {
    found.opener = text[at - 1] as string;
    at = backOverBlanks(text, from, at - 1);
  }
  const told =
    found.opener !== "(" && (at < blanks || found.opener === "[") ? TOLD.exec(text.slice(Math.max(from, at - 5), at))?.[0] : undefined;
  if (told !== undefined && (told !== " of" || MEASURED.test(text.slice(start, start + 16)))) {
    found.link = ":";
    at -= told.length;
  }
  const link = text.charCodeAt(at - 1);
  if (found.link !== "") {
    // The link is behind already.
  } else if (at > from && link === 0x3d) {
    found.link = "=";
    at -= 1;
    if (at > from && "=!<>+-*/:".includes(text[at - 1] as string)) return withLead(found, text, from, at);
  } else if (at > from && link === 0x3a) {
    found.link = ":";
    at -= 1;
  } else if (at > from && link === 0x7c && text[at - 2] === " " && isLast(text, from, at - 1, start)) {
    found.link = ":";
    at -= 1;
  } else if (at < blanks || found.opener !== "" || text[at] === "#" || (at > from && (isIdeograph(link) || isOfWord(text, at))))
    found.link = " ";
  else return withLead(found, text, from, at);
  const isSaid = found.link === " " && IS.test(text.slice(Math.max(from, at - 6), at));
  if (isSaid) {
    found.link = ":";
    at -= (IS.exec(text.slice(Math.max(from, at - 6), at)) as RegExpExecArray)[0].length;
  }
  const behind = backOverBlanks(text, from, at);
  const leaders = found.link === " " && text[behind - 1] === "." ? LEADERS.exec(text.slice(from, behind))?.[0] : undefined;
  if (leaders !== undefined) found.link = ":";
  const isUnderscored = behind > from && found.link === " " && text[behind - 1] === "_";
  const end = leaders === undefined ? behind - (isUnderscored ? 1 : 0) : backOverBlanks(text, from, behind - leaders.length);
  if (end === from) return withLead({ ...found, link: "" }, text, from, end);
  if (isQuote(text.charCodeAt(end - 1))) {
    const open = text.lastIndexOf(text[end - 1] as string, end - 2);
    if (open < from) return withLead({ ...found, link: "" }, text, from, end);
    return withLead({ ...found, key: text.slice(open + 1, end - 1), isQuoted: true }, text, from, open);
  }
  if (found.link === " " && DASHED.test(text.slice(Math.max(from, end - 12), end))) return keyBeforeDash(text, from, end, found);
  const measure = text[end - 1] === "|" || text[end - 1] === "}" ? BETWEEN_BARS.exec(text.slice(from, end)) : null;
  if (measure) return withLead({ ...found, key: measure[0] }, text, from, from + measure.index);
  const rate = found.link === " " ? RATE_TO.exec(text.slice(from, end)) : null;
  if (rate) return withLead({ ...found, key: rate[1] as string, link: ":" }, text, from, from + rate.index);
  const unit = text[end - 1] === "]" ? WITH_UNIT.exec(text.slice(from, end))?.[0] : undefined;
  const first = walkBack(text, from, unit === undefined ? end : text.lastIndexOf("[", end));
  const phase = first > from && text.charCodeAt(first - 1) === 0x20 ? PHASE_APART.exec(text.slice(from, first))?.[1] : undefined;
  trimKey(found, phase !== undefined && phaseOfWord(phase) ? `${phase} ${text.slice(first, end)}` : text.slice(first, end));
  // Of a dump of parameters: `loss_scale ........ 12`
  if (
    leaders !== undefined &&
    (found.key.includes("_") || (kindOf(metricName(found.key)) !== "strong" && counterWord(found.key, false) === undefined))
  )
    found.key = "";
  // Told before: `best error was 4.6`
  if (told === " was" && /^best\b/i.test(found.key)) found.key = "";
  if (told === " of" && found.link === ":" && kindOf(metricName(found.key)) !== "strong") found.key = "";
  // `Accuracy for class plane is 61%`, where `the number of steps is 3` is prose.
  if (told !== undefined && /\s(?:in|of|for|on)\s/.test(found.key) && kindOf(metricName(found.key.split(" ", 1)[0] as string)) !== "strong")
    found.key = "";
  return withLead(found, text, from, first);
}

/** `train loss |  5.25`, `update | 12`: the last of the line; a whole number only where the key is all that stands in front of it. */
function isLast(text: string, from: number, bar: number, start: number): boolean {
  const number = LAST.exec(text.slice(start, start + 24))?.[0];
  return number !== undefined && (number.includes(".") || (from === 0 && !text.slice(0, bar).includes("|")));
}

function keyBeforeDash(text: string, from: number, end: number, found: KeyBefore): KeyBefore {
  const dash = backOverBlanks(text, from, end - 1);
  const first = walkBack(text, from, dash);
  const key = text.slice(first, dash).trim();
  return withLead(kindOf(metricName(key)) === "strong" ? { ...found, key, link: ":" } : found, text, from, first);
}

function withLead(found: KeyBefore, text: string, from: number, keyStart: number): KeyBefore {
  found.lead = text.slice(from, keyStart);
  found.isInCall = isOpenCall(found.lead);
  if (!/\p{L}/u.test(found.key) || found.key.startsWith("...") || /\s[+*]$/.test(found.key)) found.key = "";
  const words = found.key.split(/\s+/).length;
  if (words > MOST_WORDS && (words > MOST_WORDS_OF_MEASURE || found.link === " " || kindOf(metricName(found.key)) !== "strong"))
    found.key = "";
  return found;
}

/** A bracket that follows a word and is not closed, where that is not the name of what was measured (`EpochStats(loss=0.5`). */
function isOpenCall(lead: string): boolean {
  const open = lead.lastIndexOf("(");
  return open > 0 && !OF_MEASURES.test(lead.slice(0, open)) && !lead.includes(")", open) && /\w/.test(lead[open - 1] as string);
}

function isQuote(code: number): boolean {
  return code === 0x27 || code === 0x22;
}
