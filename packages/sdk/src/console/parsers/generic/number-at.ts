import { metricName } from "../metric-name.js";
import { printedNumber } from "../number.js";
import { counterWord } from "./counter-word.js";
import { kindOf } from "./words.js";

/** A number as people print it, with what belongs to it. */
export interface PrintedNumber {
  value: number;
  /** Index of its first character. */
  start: number;
  /** Index behind it and its unit. */
  end: number;
  /** Index of the first digit that the value is read from: of a range, its end. */
  valueAt: number;
  /** `a/b`: the b, and its index. */
  of: number | undefined;
  ofAt: number;
  isInteger: boolean;
  unit: string;
  /** What it is when it is not a value: a clock time, a date, a version or an address. */
  isOther: boolean;
}

const NUMBER =
  /[-+\u2212]?(?:1\.#(?:[QS]NAN|INF|IND)\d*|[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?(?!\d|,\d)|[1-9]\d{0,2}(?:_\d{3})+(?:\.\d+)?(?!\w)|\d+\.\d+(?:D[-+]|f-?)\d+(?!\w)|\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|(?:[nN]a[nN]|NAN)(?:\(\w*\))?(?!\w)|[iI]nf(?:inity)?(?!\w)|INF(?!\w))/g;
/** A key with its value behind a number in letters, and the key in front of that. */
const NEXT_VALUE = /^\s+([A-Za-z][\w/@]*)\s+[-+]?(?:[\d.]|nan\b|inf\b)/i;
const LAST_KEY = /([A-Za-z][\w/@]*)\s+$/;
const OF_WORD = /(?:^|[\s|[(,;])(?:epoch|iter|iteration|step|round)_?$/i;
/** `Results@18000` */
const AT_COUNTER = /^\s*results?@$/i;
const IN_KEY = /^(?:: |=)/;
const ARGUMENT_OF_KEY = /[A-Za-z]\w*\([a-z]{1,4}=$/;
const CALL_OF_KEY = /\) ?[:=]/y;
const DECIMAL_COMMA =
  /[-+]?(?:\d{1,3}(?:\.\d{3})+|[1-9]\d{0,2}(?:_\d{3})+|(?<=[=:] ?|[a-z] )[1-9]\d{0,2}(?: \d{3})+(?=,)|\d+),\d+(?:[eE][-+]?\d+)?/y;
const FRACTION = /(?: *\/ *(?:all )?| (?:of|de|von|di|sur|av|van|из) )(\d[\d,_]*)(?:\/\d+)?(?![\w.]*[a-zA-Z])/y;
const RANGE = /-(?:(\d+)(?![\w.:]|-\d)| *(\d+)(?=[\],]))/y;
/** `20240305-1011`: a date and a time. */
const STAMP = /[-_]\d{4}(?:\d\d)?(?![\w.])/y;
const CLOCK = /:(?:\d\d(?::\d\d)*|\d{1,2}:\d{1,2})(?:\.\d+)?(?!\w)/y;
const DATE = /[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T_]\d\d[:-]\d\d[:-]\d\d(?:[.,]\d+)?)?/y;
/** `1'234.5`: thousands as some countries print them. */
const APOSTROPHES = /(?:'\d{3})+(?:\.\d+)?(?![\d'])/y;
const VERSION = /(?:\.\d+)+[\w.+~-]*/y;
const UNIT =
  /(?:%|毫?秒|分钟|小时|[\u4e00-\u9fff]{1,4}\/毫?秒|(?:[kKMGTP]i?[bB]?|[mun\u00b5\u03bc]?s|secs?|[bBhWJ]|min|it|ep|[kKMGTP]?(?:FLOPS?|flops?)|px|dB)(?:\/\w+)*|(?:\/[a-zA-Z]+)+)(?![\w@#'-]|\((?!\d)|\.\w|[:=]\S)/y;
const SPACED_UNIT =
  / (?:毫?秒|分钟|小时|[\u4e00-\u9fff]{1,4}\/毫?秒|(?:[kKM] )?[a-zA-Z]+\/(?:[a-zA-Z]+\/)?(?:s|secs?|seconds?|steps?|it|iter(?:ation)?s?|batch|epoch|h|hr|hour|min|day|gpu|GPU|thread|sample|image|img|token|tok)|[kKMGTP]i?[bB]|[mun\u00b5\u03bc]?s|secs?|min|seconds?|minutes?|hours?|d[bB]|m?eV|pixels?|(?:images|samples|tokens|words|examples)(?! *[-\d]))(?![\w/(@#'-]|\.\w| *[:=(] *[-\d.(])/y;
/** `3m 34s`, `0h 0m 0s`, `1d2h`, `2小时12分`: a time, not a value. */
const DURATION =
  /[dhm] ?\d+(?:\.\d+)?[hms](?: ?\d+(?:\.\d+)?[ms])?(?!\w)|(?: ?(?:天|小?时|時間|시간|分钟?|분) ?\d+(?:\.\d+)?(?= ?(?:小?时|時間|시간|分|분|秒|초)))+ ?(?:小?时|時間|시간|分钟?|분|秒|초)/y;
/** `Loss:0.5Acc:0.6` */
const KEY_GLUED = /[A-Z][a-z]+[:=] ?-?[\d.]/y;
const DAYS = / days?(?:, *\d+:\d\d:\d\d)?/y;

/**
 * Finds the numbers of a line that stand alone: not those within words, paths or versions.
 *
 * @param text - one line
 * @param from - index to look from
 * @param hasDecimalCommas - whether `0,5` is one number
 * @returns the next number; undefined where no other follows
 */
export function nextNumber(text: string, from: number, hasDecimalCommas: boolean): PrintedNumber | undefined {
  let at = from;
  for (;;) {
    NUMBER.lastIndex = at;
    const match = NUMBER.exec(text);
    if (match === null) return undefined;
    let start = match.index;
    let raw = match[0];
    const before = text.charCodeAt(start - 1);
    if (isSign(raw.charCodeAt(0)) && (isWord(before) || before === 0x29)) {
      // `a-1`, `1-20`: no sign.
      start += 1;
      raw = raw.slice(1);
      at = match.index + match[0].length;
      if (isWord(before)) continue;
    } else if (
      (isWord(before) && !isOfWord(text, start)) ||
      before === 0x2e ||
      (before === 0x40 && !AT_COUNTER.test(text.slice(0, start))) ||
      (before === 0x23 && !isNumbered(text, start - 1))
    ) {
      at = match.index + match[0].length;
      continue;
    }
    // `gpu_util/0: 35.5`: of the key.
    if (before === 0x2f && IN_KEY.test(text.slice(start + raw.length, start + raw.length + 2)) && /[a-z]/i.test(text[start - 2] ?? "")) {
      at = start + raw.length;
      continue;
    }
    // `NDCG(k=20): 0.25`
    if (before === 0x3d && hit(CALL_OF_KEY, text, start + raw.length) && ARGUMENT_OF_KEY.test(text.slice(Math.max(0, start - 24), start))) {
      at = start + raw.length;
      continue;
    }
    if (hasDecimalCommas && start >= 0) {
      DECIMAL_COMMA.lastIndex = start;
      const printed = DECIMAL_COMMA.exec(text)?.[0];
      if (printed !== undefined) return tail(text, start, printed, printed.replace(/[. _]/g, "").replace(",", "."));
    }
    const number = isWordAlone(text, start, raw) ? tail(text, start, raw) : undefined;
    if (number !== undefined) return number;
    at = match.index + match[0].length;
  }
}

/**
 * @param text - one line
 * @param at - index of a digit in it
 * @returns whether the word of a counter stands directly before: `Epoch1`, `step_20`
 */
export function isOfWord(text: string, at: number): boolean {
  return OF_WORD.test(text.slice(Math.max(0, at - 12), at)) && /^\d+(?![\d\w-]|\.\w)/.test(text.slice(at, at + 12));
}

/** `Epoch #1`: a counter, where `output #0` is a name. */
function isNumbered(text: string, hash: number): boolean {
  if (text[hash - 1] === "[") return true;
  const word = /([A-Za-z]+)(?: *[:=])? *$/.exec(text.slice(Math.max(0, hash - 16), hash))?.[1];
  return word !== undefined && counterWord(word, false) !== undefined;
}

/** `nan` and `inf` are values where a link stands before them or an end behind: `number of nan iterations`. */
function isWordAlone(text: string, start: number, raw: string): boolean {
  const first = raw.charCodeAt(raw.length - 1);
  if ((first >= 0x30 && first <= 0x39) || first === 0x2e || raw.includes("#")) return true;
  const before = text.slice(Math.max(0, start - 24), start);
  const behind = text.slice(start + raw.length);
  if (/[=:[('"]\s*$/.test(before) || /^\s*(?:[,;|()\]}'"%]|$)/.test(behind)) return true;
  // `loss nan acc 0.1`
  const next = NEXT_VALUE.exec(behind)?.[1];
  const key = next === undefined || kindOf(metricName(next)) === "unknown" ? undefined : LAST_KEY.exec(before)?.[1];
  return key !== undefined && kindOf(metricName(key)) === "strong";
}

/** @returns undefined where the digits belong to a word */
function tail(text: string, start: number, raw: string, plain: string = raw.replace(/[,_]/g, "")): PrintedNumber | undefined {
  let end = start + raw.length;
  const value = printedNumber(plain.replace("\u2212", "-").replace(/(?<=\d)[Df]/, "e"));
  const number: PrintedNumber = {
    value,
    start,
    end,
    valueAt: start,
    of: undefined,
    ofAt: -1,
    isInteger: Number.isInteger(value) && !/[.eE]/.test(raw),
    unit: "",
    isOther: false,
  };
  const next = text.charCodeAt(end);
  if (next === 0x3a && hit(CLOCK, text, end)) return other(number, CLOCK.lastIndex);
  if (next === 0x27 && hit(APOSTROPHES, text, end)) return other(number, APOSTROPHES.lastIndex);
  if (raw.endsWith(".") && isWord(next)) return undefined;
  if (next === 0x2e && hit(VERSION, text, end)) return other(number, VERSION.lastIndex);
  if (number.isInteger) {
    if (raw.length === 8 && hit(STAMP, text, end)) return other(number, STAMP.lastIndex);
    if (hit(DATE, text, end) && (raw.length === 4 || raw.length === 2 || text.charCodeAt(end) === 0x2e))
      return other(number, DATE.lastIndex);
    FRACTION.lastIndex = end;
    const fraction = FRACTION.exec(text);
    if (fraction) {
      number.of = Number((fraction[1] as string).replace(/[,_]/g, ""));
      number.ofAt = end + fraction[0].indexOf(fraction[1] as string);
      number.end = end + fraction[0].length;
      return number;
    }
    RANGE.lastIndex = end;
    const range = RANGE.exec(text);
    if (range) {
      const last = (range[1] ?? range[2]) as string;
      number.value = Number(last);
      number.valueAt = end + range[0].indexOf(last);
      end += range[0].length;
    }
  }
  if (hit(DURATION, text, end)) return other(number, DURATION.lastIndex);
  if (hit(DAYS, text, end)) return other(number, DAYS.lastIndex);
  const scale = found(UNIT, text, end) ?? "";
  // `3.4k tok/s`
  const unit = /^[kKMG]?$/.test(scale) ? scale + (found(SPACED_UNIT, text, end + scale.length) ?? "") : scale;
  // `50% 2/4`, `50%|██`: how far a bar is.
  number.unit = unit.trim();
  if (unit === "%" && /^\s*(?:\||\d+\/\d+)/.test(text.slice(end + 1, end + 16))) return other(number, end + 1);
  number.end = end + unit.length;
  return unit === "" && isWord(text.charCodeAt(end)) && !hit(KEY_GLUED, text, end) ? undefined : number;
}

function hit(pattern: RegExp, text: string, at: number): boolean {
  pattern.lastIndex = at;
  return pattern.test(text);
}

function found(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function other(number: PrintedNumber, end: number): PrintedNumber {
  number.isOther = true;
  number.end = end;
  return number;
}

function isSign(code: number): boolean {
  return code === 0x2d || code === 0x2b || code === 0x2212;
}

function isWord(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code === 0x5f;
}
