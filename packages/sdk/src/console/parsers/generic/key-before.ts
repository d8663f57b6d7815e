import { metricName } from "../metric-name.js";
import { counterWord } from "./counter-word.js";
import { isIdeograph } from "./full-width.js";
import { isOfWord } from "./number-at.js";
import { phaseOfWord } from "./phase.js";
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

/** Words behind which a key begins, in front of `=` and `:`: `stopped with loss = 3`. */
const BOUNDARY = /^(?:.*\s)?(?:with|gave|has|at|after|is|was|got|for|on|in|reached|to|from|than)\s+(?=\S\S)/is;
/** `reducing learning rate to 0.001.` */
const RATE_TO = /\b(learning[ _]rate|lr)(?: of group \d+)?(?: to| is|:)$/i;
/** `|proj g|` */
const BETWEEN_BARS = /\|\w+(?: \w+)?\|$|(?<=\{)[A-Za-z][\w ]*(?=\}$)/;
/** `loss - 7.25` */
const DASHED = /[a-z] -$/;
/** `('average_loss', 0.5)`, and `('epoch', 3, 'loss', 0.5)` as Python 2 prints several */
const IN_TUPLE = /\(\s*(["'])([^"']+)\1,\s*$/;
const LATER_IN_TUPLE = /^,\s*(["'])([^"']+)\1,\s*$/;
/** Of a key between blanks, a sentence or a missing value that ends in front of it. */
const SENTENCE = /^.*(?:[!?]\s+|(?:\w{5}|[A-Z]{3})\.\s+(?=[A-Z])|[a-z]{6}\.\s+|\b(?:None|N\/A|n\/a)\s+)(?=\S)/s;
/** `train loss |  5.25`, the last of the line. */
const LAST = /^-?\d+\.\d+\s*$/;
/** `Step 100: eval          accuracy`: columns of words. */
const PHASE_APART = /[:|]\s*([A-Za-z]+)\s{2,}$/;
/** `准确率为 0.9` */
const IS = /(?:调整|更新)?(?:为|是|(?:达到?|(?:提高|提升|下降|降低|降|升)?[到至])了?|等于) *$/;
/** `val_acc: 0.9 (best) @ epoch 3` */
const OF_BEST = /^\(best\)\s*@\s*(?=epoch$)/i;
const ARTICLE = /^(?:and\s+)?(?:the|of)\s+(?=\S)/i;
/** `Threshold for accuracy: 0.5` */
const PARAMETER_FOR = /^(?:\w+ )?(?:threshold|weight|target|limit|margin|tolerance) for\b/i;
const LAST_WORD = /\s*\S+$/;
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
  // `loss is 0.5`
  const isTold = found.opener !== "(" && (at < blanks || found.opener === "[") && text.slice(Math.max(from, at - 3), at) === " is";
  if (isTold) {
    found.link = ":";
    at -= 3;
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
  } else if (at > from && link === 0x7c && text[at - 2] === " " && LAST.test(text.slice(start, start + 24))) {
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
  const end = behind > from && found.link === " " && text[behind - 1] === "_" ? behind - 1 : behind;
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
  const first = walkBack(text, from, end);
  const phase = first > from && text.charCodeAt(first - 1) === 0x20 ? PHASE_APART.exec(text.slice(from, first))?.[1] : undefined;
  trimKey(found, phase !== undefined && phaseOfWord(phase) ? `${phase} ${text.slice(first, end)}` : text.slice(first, end));
  // `Accuracy for class plane is 61%`, where `the number of steps is 3` is prose.
  if (isTold && /\s(?:in|of|for|on)\s/.test(found.key) && kindOf(metricName(found.key.split(" ", 1)[0] as string)) !== "strong")
    found.key = "";
  return withLead(found, text, from, first);
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

/** Walks back over one key: up to a separator, an opening bracket, a section, the value of a key before. */
function walkBack(text: string, from: number, end: number): number {
  let depth = 0;
  let at = end;
  for (; at > from; at -= 1) {
    const char = text.charCodeAt(at - 1);
    if (char === 0x29) depth += 1;
    else if (char === 0x28) {
      if (depth === 0) break;
      depth -= 1;
    } else if (depth > 0) continue;
    else if (char === 0x20) {
      const before = text.charCodeAt(at - 2);
      if (at - 2 >= from && (before === 0x20 || before === 0x3a || before === 0x09)) break;
      if (before === 0x2d && /(?:^|\s)-{2,}$/.test(text.slice(Math.max(from, at - 12), at - 1))) break;
      if (at - 3 >= from && (before === 0x2d || before === 0x2f || before === 0x2a || before === 0x3e) && text.charCodeAt(at - 3) === 0x20)
        break;
    } else if (isSeparator(char)) break;
    else if (char === 0x3a && hasTightColon(text, at, end)) continue;
    else if (char === 0x3d || char === 0x3a) return afterWord(text, at, end);
  }
  // `(1/5) accuracy: 0.5`: the bracket was opened before.
  return depth > 0 ? text.lastIndexOf(")", end - 1) + 1 : at;
}

/** RETURNN: `cost:output 5.1`, where `mode:train loss` has its key behind. */
function hasTightColon(text: string, at: number, end: number): boolean {
  return (
    /^[a-z]+$/.test(text.slice(at, end)) && /(?:^|[\s,])[a-z_]+:$/.test(text.slice(Math.max(0, at - 16), at)) && /\s/.test(text[end] ?? "")
  );
}

/** `mode=train loss`: the key is what follows the value. */
function afterWord(text: string, at: number, end: number): number {
  if (isIdeograph(text.charCodeAt(at))) return at;
  const blank = text.indexOf(" ", at);
  return blank === -1 || blank >= end ? at : blank + 1;
}

/** Cuts off what is not of the key: dashes and bullets, numbers, and words of a sentence in front of it. */
function trimKey(found: KeyBefore, printed: string): void {
  // `(best: 0.5 @epoch 10)`
  if (printed.trimStart().startsWith("@") || PARAMETER_FOR.test(printed.trimStart())) return;
  // `-DLOSS=0.5`, `--lr=0.1`
  if (found.link === "=" && /(?:^|\s)--?[A-Za-z][\w-]*$/.test(printed)) return;
  const bare = printed
    .trim()
    .replace(SENTENCE, "")
    .replace(OF_BEST, "")
    .replace(/^(?:\.{2,}|[-*>#~+!?@&$%/\\\s\p{Extended_Pictographic}\ufe0f])+(?=\S)/u, "")
    .replace(/^(?:\d+|\d[\d.]*\w*\/\d\S*|[kM]?Hz|DEBUG|INFO|WARN(?:ING)?)\s+/, "");
  const behind = bare.replace(BOUNDARY, "");
  const head = behind === bare ? "" : bare.slice(0, -behind.length).trim().replace(LAST_WORD, "");
  const last = found.link === "=" ? (/\S+$/.exec(bare)?.[0] ?? "") : "";
  const isMeasure = head !== "" && kindOf(metricName(head)) === "strong";
  if (counterWord(behind, false) !== undefined) {
    found.key = behind;
    if (isMeasure) found.measure = head.replace(ARTICLE, "");
  } else if (last !== bare && counterWord(last, false) !== undefined) {
    found.key = last;
    // `Loss for final step` is a key as a whole, `stopped with loss` is not.
  } else found.key = found.link === " " || isMeasure ? bare : behind;
  // `Epoch 0 CV info cv_loss 95.1`
  if (found.link === " ") found.key = found.key.replace(/^.*\b(?:info|stats|metrics)\s+(?=\S)/i, "");
  if (found.link === " " && / [a-z]+(?:_[a-z0-9]+)+$/.test(found.key) && !/_.* /.test(found.key)) found.key = found.key.replace(/^.* /, "");
  found.key = found.key
    .replace(/^的|(?:为|是)$/g, "")
    .replace(/^\.\s+/, "")
    .replace(ARTICLE, "")
    .trim();
}

function isSeparator(char: number): boolean {
  return (
    char === 0x2c ||
    char === 0x3b ||
    char === 0x7c ||
    char === 0x09 ||
    char === 0x5b ||
    char === 0x5d ||
    char === 0x7b ||
    char === 0x7d ||
    char === 0x3c ||
    char === 0x3e ||
    char === 0x22 ||
    (char >= 0x2500 && char <= 0x259f) ||
    // Dashes longer than a hyphen, arrows.
    (char >= 0x2012 && char <= 0x2015) ||
    (char >= 0x2190 && char <= 0x21ff)
  );
}

/** A bracket that follows a word and is not closed. */
function isOpenCall(lead: string): boolean {
  const open = lead.lastIndexOf("(");
  return open > 0 && !lead.includes(")", open) && /\w/.test(lead[open - 1] as string);
}

function backOverBlanks(text: string, from: number, start: number): number {
  let at = start;
  while (at > from && (text.charCodeAt(at - 1) === 0x20 || text.charCodeAt(at - 1) === 0x09)) at -= 1;
  return at;
}

function isQuote(code: number): boolean {
  return code === 0x27 || code === 0x22;
}
