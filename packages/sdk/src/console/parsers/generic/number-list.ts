import { printedNumber } from "../number.js";
import type { Located } from "./located.js";
import { emptyReading, type Pair, plainPair, type Reading } from "./reading.js";

const NUMBER = String.raw`-?\d+(?:\.\d+)?(?:e[-+]?\d+)?|-?nan|-?inf`;
const LIST = new RegExp(String.raw`^\s*\[(?:${NUMBER})(?:, ?(?:${NUMBER}))+\]\s*$`, "i");
/** `['loss', 'acc'] [0.5, 0.8]`, `[loss, acc]: [0.5, 0.8]`, `('loss', 'acc') = (0.5, 0.8)`, `names: [loss, acc], values: [0.5, 0.8]` */
const NAMES = new RegExp(
  String.raw`^([^[(]*)[[(](["']?[A-Za-z][\w@/ -]*["']?(?:, ?["']?[A-Za-z][\w@/ -]*["']?)+)[\])]\s*[:=,]?\s*(?:["']?values?["']?\s*[:=]?\s*)?[[(]((?:${NUMBER})(?:,? +(?:${NUMBER}))+)[\])]\s*\}?\s*$`,
  "di",
);
/** `Epoch 3: loss, acc = 0.5, 0.8` */
const ASSIGNED = new RegExp(
  String.raw`^(|.*[:;|-] +)([A-Za-z][\w@]*(?:, ?[A-Za-z][\w@]*)+) ?[=:] ?((?:${NUMBER})(?:, ?(?:${NUMBER}))+)\s*$`,
  "di",
);
/** `best (a, b) = (0.5, 0.6)`: what is measured of each. */
const MEASURE = /(?:^|[\s:,])([A-Za-z]\w*_\w+) ?$/;
/** DeepFaceLab: `[#001234][0512ms][1.2345][0.5678]`: iteration, time and losses. */
const BRACKETS = /^\[#(\d+)\]\[\d+(?:\.\d+)?m?s\]((?:\[\d+\.\d+\])+)\s*$/d;

/** @param text - a line without its prefix @returns whether it is nothing but a list of numbers */
export function isNumberList(text: string): boolean {
  return LIST.test(text);
}

/**
 * Reads losses that are printed without keys.
 *
 * @param text - a line without its prefix
 * @param base - index of its first character in the whole line
 * @param isBelowHeading - whether the line above says where the run stands: then a list alone is of its losses
 * @returns the losses under one name; behind them, in a list, a whole number is the step and the number behind that the learning rate. Undefined where the line is something else
 */
export function readNumberList(text: string, base: number, isBelowHeading: boolean): Reading | undefined {
  const [, step, losses] = BRACKETS.exec(text)?.indices ?? [];
  if (step !== undefined && losses !== undefined) {
    const counted = { value: Number(text.slice(...step)), at: base + step[0] };
    return readingOf(numbersIn(text.slice(...losses), base + losses[0]), counted, undefined);
  }
  if (!isBelowHeading || !LIST.test(text)) return undefined;
  const printed = numbersIn(text, base);
  const counters = printed.findIndex(({ isWhole }) => isWhole);
  if (counters === -1) return readingOf(printed, undefined, undefined);
  return counters < printed.length - 2 ? undefined : readingOf(printed.slice(0, counters), printed[counters], printed[counters + 1]);
}

/**
 * `Epoch 3: ['loss', 'acc'] [0.5, 0.8]`: a list of names, and one of as many values.
 *
 * @param text - a line without its prefix
 * @param base - index of its first character in the whole line
 * @returns where the names begin, and the pairs; undefined where the line ends otherwise
 */
export function namedList(text: string, base: number): { start: number; pairs: Pair[] } | undefined {
  const [, head, names, values] = text.includes(",") ? ((NAMES.exec(text) ?? ASSIGNED.exec(text))?.indices ?? []) : [];
  if (head === undefined || names === undefined || values === undefined) return undefined;
  const keys = text.slice(...names).split(",");
  const printed = numbersIn(text.slice(...values), base + values[0]);
  if (keys.length !== printed.length) return undefined;
  const [, measure] = MEASURE.exec(text.slice(...head)) ?? [];
  const section = measure === undefined || /names/i.test(measure) ? undefined : measure;
  return { start: head[1], pairs: printed.map((number, at) => ({ ...plainPair(bare(number), (keys[at] as string).trim()), section })) };
}

function numbersIn(text: string, base: number): (Located & { isWhole: boolean })[] {
  return Array.from(text.matchAll(new RegExp(NUMBER, "gi")), ({ 0: number, index }) => ({
    value: printedNumber(number),
    at: base + index,
    isWhole: /^\d+$/.test(number),
  }));
}

function readingOf([first, ...further]: readonly Located[], step: Located | undefined, rate: Located | undefined): Reading {
  const reading = emptyReading();
  reading.evidence = "named";
  if (first !== undefined) reading.pairs.push({ ...plainPair(bare(first), "loss"), further: further.map(bare) });
  if (rate !== undefined) reading.pairs.push(plainPair(bare(rate), "lr"));
  if (step !== undefined) reading.counters.step = { ...bare(step), of: undefined };
  return reading;
}

function bare({ value, at }: Located): Located {
  return { value, at };
}
