import { metricName } from "../metric-name.js";
import { phaseOfSet } from "./phase.js";
import { readLine } from "./read-line.js";
import type { Reading } from "./reading.js";
import { isRefused } from "./refuse.js";
import { readSection } from "./section.js";
import { kindOf } from "./words.js";

/** tqdm: `description:  50%|█████     | 5/10 [00:01<00:01, 5.2it/s, loss=0.5]`; without a total: `10it [00:01, 5.2it/s]`. */
const TQDM =
  /(?:(?:(\d+)%\s?\|[^|]*\|\s*|\|\s*)?([\d.]+[kMG]?)\/([\d.]+[kMG]?|\?)|(?:^|\s)(\d+)(it|ep|epochs?|steps?|batch(?:es)?|ex|examples?)) ?\[(?:[\d:?]+|\d+ days?, [\d:]+)(?:<[^,\]]*)?,\s*[^,\]]*/;
/** Keras: ` 3/12 [==>....] - ETA: 0s - `, `3/12 ━━━━━ 1s 5ms/step - `, `16/16 - 2s - 111ms/step - `. */
const KERAS = /^\s*(\d+)\/(\d+|Unknown) (?:\[[=>.]*\]|[\u2500-\u259f ]*(?=\d)|(?=- \d))/;
/** A key and its value. */
const VALUE = /[A-Za-z].*[ :=]-?\d/;

/**
 * Reads a frame of a progress bar: what its description and its postfix say, and how far it is.
 *
 * @param text - one line or frame without its prefix
 * @param base - index of its first character in the whole line
 * @returns the reading; undefined where the line has no bar
 */
export function readBar(text: string, base: number): Reading | undefined {
  const tqdm = text.includes("[") ? TQDM.exec(text) : null;
  if (tqdm) return withBehind(readTqdm(text, base, tqdm), text, base, closeOf(text, tqdm.index + tqdm[0].length) + 1);
  const keras = KERAS.exec(text);
  if (keras === null) return undefined;
  const [bar, done = "", of = ""] = keras;
  const reading = readLine(text.slice(bar.length), base + bar.length);
  reading.counters.batch = {
    value: Number(done),
    at: base + bar.indexOf(done),
    of: of === "Unknown" ? undefined : { value: Number(of), at: base + bar.indexOf(`/${of}`) + 1 },
  };
  if (reading.evidence === "none") reading.evidence = "bare";
  return reading;
}

/** Index of the bracket that ends a bar; that of the text's end where it is not closed. */
function closeOf(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at += 1) {
    const char = text[at];
    if (char === "[") depth += 1;
    else if (char === "]" && (depth -= 1) === 0) return at;
  }
  return text.length;
}

/** A bar does not end its line: what is printed next stands directly behind it. */
function withBehind(reading: Reading, text: string, base: number, from: number): Reading {
  if (!VALUE.test(text.slice(from)) || isRefused(text.slice(from).trimStart())) return reading;
  const behind = readLine(text.slice(from), base + from);
  const measured = behind.pairs.filter(({ key, link, isInteger }) => (link !== " " || !isInteger) && kindOf(metricName(key)) === "strong");
  if (reading.pairs.length === 0 && measured.length > 0) return behind;
  if (behind.evidence === "none") reading.pairs.push(...measured);
  return reading;
}

function readTqdm(text: string, base: number, bar: RegExpExecArray): Reading {
  const description = text.slice(0, bar.index);
  const from = bar.index + bar[0].length;
  const close = closeOf(text, from);
  const postfix = text.slice(from, close);
  const reading = readLine(description, base);
  readSection(reading.rest, reading);
  const first = /^\s*([A-Za-z]\w*)/.exec(description)?.[1];
  if (first !== undefined && phaseOfSet(first) !== undefined) reading.section ??= first;
  const { length } = reading.pairs;
  readLine(postfix, base + from, reading);
  // A bar with nothing beside it tells what its description counts.
  if (length === 0 && reading.pairs.length === 0) return reading;
  if (reading.evidence === "none") reading.evidence = "bare";
  // What is set behind a bar is measured.
  if (reading.pairs.slice(length).some(({ link, isInteger }) => link === "=" && !isInteger)) reading.evidence = "named";
  // `0/5(t): `, `[1/100] `
  const [ofEpoch, epoch, epochs] = /^\s*\[?(\d+)\/(\d+)(?:(?:\(\w\))?:|\] )/.exec(description) ?? [];
  if (ofEpoch !== undefined && epoch !== undefined && epochs !== undefined) {
    delete reading.counters.batch;
    const ofEpochs = { value: Number(epochs), at: base + ofEpoch.indexOf(epochs, ofEpoch.indexOf("/")) };
    reading.counters.epoch ??= { value: Number(epoch), at: base + ofEpoch.indexOf(epoch), of: ofEpochs };
  }
  const [whole, , fraction, of, alone, unit] = bar;
  const done = fraction ?? alone ?? "";
  if (!/^\d+$/.test(done)) return reading;
  const open = whole.lastIndexOf("[");
  const ofBatches =
    of === undefined || !/^\d+$/.test(of) ? undefined : { value: Number(of), at: base + bar.index + whole.lastIndexOf(`/${of}`, open) + 1 };
  const at = base + bar.index + (fraction === undefined ? whole.indexOf(done) : whole.lastIndexOf(`${done}/${of}`, open));
  const isOfEpochs = /^\s*epochs\b/i.test(description) || unit?.startsWith("ep") === true || /epochs?\/s|\ds\/epoch/.test(whole);
  const isOfSteps = /^\s*(?:steps?|iter(?:ation)?s?)\b/i.test(description);
  const role = isOfEpochs && reading.counters.epoch === undefined ? "epoch" : isOfSteps ? "step" : "batch";
  reading.counters[role] ??= { value: Number(done), at, of: ofBatches };
  return reading;
}
