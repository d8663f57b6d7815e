import { phaseOfSet } from "./phase.js";
import { readLine } from "./read-line.js";
import { emptyReading, type Reading } from "./reading.js";

/** tqdm: `description:  50%|█████     | 5/10 [00:01<00:01, 5.2it/s, loss=0.5]`; without a total: `10it [00:01, 5.2it/s]`. */
const TQDM =
  /(?:(?:(\d+)%\s?\|[^|]*\|\s*|\|\s*)?([\d.]+[kMG]?)\/([\d.]+[kMG]?|\?)|(?:^|\s)(\d+)(it|ep|epochs?|steps?|batch(?:es)?|ex|examples?)) \[(?:[\d:?]+|\d+ days?, [\d:]+)(?:<[^,\]]*)?,\s*[^,\]]*/;
/** Keras: ` 3/12 [==>....] - ETA: 0s - `, `3/12 ━━━━━ 1s 5ms/step - `, `16/16 - 2s - 111ms/step - `. */
const KERAS = /^\s*(\d+)\/(\d+|Unknown) (?:\[[=>.]*\]|[\u2500-\u259f ]*(?=\d)|(?=- \d))/;

/**
 * Reads a frame of a progress bar: what its description and its postfix say, and how far it is.
 *
 * @param text - one line or frame without its prefix
 * @returns the reading; undefined where the line has no bar, or one with nothing beside it
 */
export function readBar(text: string): Reading | undefined {
  const tqdm = text.includes("[") ? TQDM.exec(text) : null;
  if (tqdm) return readTqdm(text, tqdm);
  const keras = KERAS.exec(text);
  if (keras) {
    const reading = emptyReading();
    readLine(text.slice(keras[0].length), reading);
    reading.counters.batch = { value: Number(keras[1]), of: keras[2] === "Unknown" ? undefined : Number(keras[2]) };
    if (reading.evidence === "none") reading.evidence = "bare";
    return reading;
  }
  return undefined;
}

function readTqdm(text: string, bar: RegExpExecArray): Reading | undefined {
  const description = text.slice(0, bar.index).trim();
  const behind = text.slice(bar.index + bar[0].length);
  const close = behind.lastIndexOf("]");
  const postfix = (close === -1 ? behind : behind.slice(0, close)).replace(/^,?\s*/, "");
  if (!/\d/.test(postfix) && !/[=:].*\d/.test(description)) return undefined;
  const reading = emptyReading();
  if (description !== "") readLine(description, reading);
  const first = /^[A-Za-z]\w*/.exec(description)?.[0];
  if (first !== undefined && phaseOfSet(first) !== undefined) reading.section ??= first;
  readLine(postfix, reading);
  if (reading.evidence === "none") reading.evidence = "bare";
  const done = Number(bar[2] ?? bar[4]);
  const of = bar[3] === undefined || bar[3] === "?" ? undefined : Number(bar[3]);
  if (Number.isInteger(done)) {
    const isOfEpochs = /^epochs\b/i.test(description) || bar[5]?.startsWith("ep") === true || /epochs?\/s|\ds\/epoch/.test(bar[0]);
    reading.counters[isOfEpochs ? "epoch" : "batch"] ??= { value: done, of };
  }
  return reading;
}
