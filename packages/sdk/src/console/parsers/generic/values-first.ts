import { metricName } from "../metric-name.js";
import { plainPair, type Reading } from "./reading.js";
import { kindOf } from "./words.js";

/** AutoGluon: `0.85   = Validation score   (accuracy)` */
const VALUE_FIRST = /^(\s*)(-?\d+(?:\.\d+)?)(s|ms|%)?\s*=\s+([A-Za-z][\w ]*(?:\(\w+\))?)\s*$/;
/** `-8.1 per-word bound, 279.2 perplexity`, `[Train |████| 468/468 batches, 0.30 cost]` */
const BEFORE_KEY = /(?:^|[,|([]\s*)(-?\d+\.\d+)%? ([a-z][a-z-]*(?: [a-z][a-z-]*)?)(?= (?:based|on|of|for|in|at|over)\b|[,|)\]]|$)/g;
/** `  12 4.32 s run, 11.87 loss, 0.001 LR`: a step in front of values that all stand before their words. */
const STEP_FIRST = /^ *(\d+) +(?:-?\d[\d.]*(?:e-?\d+)?%? [A-Za-z][\w/ ]*(?:, +|\s*$)){2,}$/;
const IN_LIST = /(?:^ *\d+ +|, +)(-?\d+\.\d+(?:e-?\d+)?)%? ([A-Za-z]\w*)(?=,|\s*$)/g;

/**
 * Reads values that stand in front of their keys: of a line that has no key in front of a value, linked to it.
 *
 * @param text - one line without its prefix
 * @param base - index of its first character in the whole line
 * @param reading - told what it says, in place of the pairs that it has
 */
export function readValuesFirst(text: string, base: number, reading: Reading): void {
  const { section } = reading;
  const [, indent = "", printed, unit = "", key] = VALUE_FIRST.exec(text) ?? [];
  if (printed !== undefined && key !== undefined) {
    const located = { value: Number(printed), at: base + indent.length };
    reading.pairs = [{ ...plainPair(located, key.trim()), unit, isInteger: !printed.includes("."), isLeading: true, section }];
    return;
  }
  if (!/\d%? [A-Za-z]/.test(text)) return;
  const step = STEP_FIRST.exec(text)?.[1];
  const pattern = step === undefined ? BEFORE_KEY : IN_LIST;
  const found = [...text.matchAll(pattern)].filter(([, , name = ""]) => {
    const kind = kindOf(metricName(name));
    return kind === "strong" || (step !== undefined && kind === "weak");
  });
  if (!found.some(([, , name = ""]) => kindOf(metricName(name)) === "strong")) return;
  reading.pairs = found.map(({ 0: whole, 1: value = "", 2: name = "", index }) => {
    const located = { value: Number(value), at: base + index + whole.lastIndexOf(value) };
    return { ...plainPair(located, name), isLeading: true, section };
  });
  if (step === undefined) return;
  reading.counters.step = { value: Number(step), at: base + text.indexOf(step), of: undefined };
  reading.evidence = "named";
}
