import { printedNumber } from "../number.js";
import type { Located } from "./located.js";

/** What belongs to a value and stands behind it. */
export interface Trailing {
  /** `v (a)` */
  average: Located | undefined;
  /** `m +/- s` */
  deviation: Located | undefined;
  /** Further values of a list. */
  further: Located[];
  /** `0.5 -> 0.4`: the new value. */
  change: Located | undefined;
  /** `200/200 (97%)`: the percentage. */
  percent: Located | undefined;
  /** Index behind all of it. */
  end: number;
}

const N = String.raw`[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|-?nan|-?inf`;
const RATE = /, *[\d.]+\/\w+/y;
const AVERAGE = new RegExp(
  String.raw`\s*\(\s*(?:(?:avg|average|mean|\u5e73\u5747)\.?\s*[:=]?\s*)?(${N})(%|ms|s)?(?:, *[\d.]+\/\w+)?\s*\)`,
  "yi",
);
const PERCENT = /\s*\(\s*(\d+(?:\.\d+)?)\s*%\s*\)/y;
const DEVIATION = new RegExp(
  String.raw`(?: *(?:\+\/?-|\u00b1|plus\/minus) *| ?\+ ?)(\d${N.slice(N.indexOf("(?:"))})%?(?! *=)(?![\w.])`,
  "yi",
);
/** `12.5 (std 2.1)`, `0.8 (±0.01)` */
const SPREAD = new RegExp(String.raw`\s*\(\s*(?:std|stdev|sd|\u00b1|\+\/?-)\.?\s*[:=]?\s*(${N})%?\s*\)`, "yi");
const WEIGHT =
  /(?<=\.\d+)\(\d{1,2}\)|\s+\* ?[\d,]+(?: after [\d,]+)?|\s*\(\s*(?:\*|\u0394|\u03b4|[-+](?:[\d.]+|nan)z\b|\+[\d.]+\s*(?=\)))[^)]*\)/y;
/** `0.5 (s)` */
const UNIT = /\s*\((?:[mun\u00b5]?s|secs?|min|h|%|[kMGT]i?B|px|dB|mm)\)(?! ?[:=])/y;
/** `0.5 -> 0.4`, `0.5 to 0.4`: what it was, and what it is now. */
const CHANGE = new RegExp(String.raw`\s*(?:[-=]{1,3}>|[\u2192\u27f6]|to(?= ))\s*(${N})(?:%|ms|s)?(?![\w.])`, "yi");
const FURTHER = new RegExp(String.raw`\s*,\s*(${N})`, "yi");
const CLOSE = /\s*[\])}'"]+/y;

/**
 * @param text - one line
 * @param end - index behind a value and its unit
 * @param unit - that unit
 * @param isList - whether the value stands in square brackets
 * @returns what belongs to the value
 */
export function trailingOf(text: string, end: number, unit: string, isList: boolean): Trailing {
  const found: Trailing = { average: undefined, deviation: undefined, further: [], change: undefined, percent: undefined, end };
  const located = (match: RegExpExecArray): Located => {
    const printed = match[1] as string;
    return { value: printedNumber(printed), at: match.index + match[0].indexOf(printed) };
  };
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = found.end;
    const match = pattern.exec(text);
    if (match) found.end += match[0].length;
    return match;
  };
  if (isList) for (let match = take(FURTHER); match; match = take(FURTHER)) found.further.push(located(match));
  take(CLOSE);
  const change = take(CHANGE);
  if (change) found.change = located(change);
  const next = text.charCodeAt(found.end);
  // Nearly every value stands alone.
  if (next !== 0x20 && next !== 0x28 && next !== 0x2b && next !== 0xb1 && next !== 0x2c && next !== 0x09) return found;
  take(UNIT);
  const deviation = take(DEVIATION) ?? take(SPREAD);
  if (deviation) found.deviation = located(deviation);
  if (unit !== "" && unit !== "%") take(RATE);
  take(WEIGHT);
  const percent = unit === "%" ? null : take(PERCENT);
  if (percent) found.percent = located(percent);
  else {
    const average = take(AVERAGE);
    if (average) found.average = located(average);
  }
  return found;
}
