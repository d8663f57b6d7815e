import { metricName } from "../metric-name.js";
import { counterWord } from "./counter-word.js";
import type { Located } from "./located.js";
import { phaseOfWord } from "./phase.js";
import { plainPair, type Reading } from "./reading.js";
import { kindOf } from "./words.js";

/** ESPnet2: `1epoch:train:4026-8050batch: ` */
const GLUED = /^(\d+)epoch:(\w+):(?:\d+-)?(\d+)batch: */;
/** torchtune: `1|20|Loss: 1.5`, epoch and step. */
const PIPED = /^(\d+)\|(\d+)\|(?=[A-Za-z])/;
/** `[0: 10/100]`, epoch and batch. */
const BRACKETS = /^\s*\[(\d+): +(\d+)\/(\d+)\]/d;
/** YOLACT: `[  3]     520 || B: 3.451`, epoch and step. */
const BARRED = /^\s*\[ *(\d+)\] +(\d+) \|\| /d;
/** `333 154 Loss=0.5`, `0 10 loss - 7.1`: epoch and batch without words. */
const TWO_NUMBERS = /^(\d+) +(\d+) +(?=[A-Za-z_]+ *[=:-] *-?(?:\d|nan))/d;
/** `After 100 iterations, the loss is 0.25`, `after 3 epochs: loss 0.5`, `Finish 3 epoch, Loss: 0.5` */
const AFTER = /^\s*(?:after|finish(?:ed)?|completed) (\d+) ([a-z]+)(?:[:,]|(?= the )|(?= [a-z_]+ ?[=:]))/di;
/** `27/50000: episode: 1`: steps of the run, of which episodes are parts. */
const STEPS_OF_RUN = /^\s*(\d+)\/(\d+): (?=episode\b)/di;
/** `Trial 3 finished with value: 0.5`: one of a search, which has one value. */
const TRIAL = /^\s*Trial (\d+) (?:finished|completed?|done|ended)\b/di;
/** `Loss: train=0.5`: what is measured stands in front of its phases. */
const MEASURE_OF_PHASES = /(?:^|[\s;|])([A-Za-z][\w@-]*): $/;
const LAST_WORD = /^(.*\S)\s+(\w+)$/;
/** `5000 iteration, loss: 0.5`, ESPnet2's `3epoch results: [train] loss=0.5` */
const NUMBER_FIRST = /^\s*(\d+) ?(iter|iteration|step|epoch)s?(?=[,:;] | results: )/d;
/** `[train: 1, 50 / 1000]`, epoch and batch. */
const OF_PHASE = /^\s*\[([a-z]+): (\d+), (\d+) ?\/ ?(\d+)\]/d;
/** Bars of the package progress: `Processing |###   | (10/391) Data: 0.01s`. */
const PROGRESS = /^[\w ./-]*\|[#=\u2580-\u259f ]*\| \((\d+)\/(\d+)\) /d;
/** COCO: `Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 0.351`: numbers in brackets belong to the key. */
const BRACKETED = /^\s*([A-Z][\w ]*\([A-Z]+\) @\[[^\]]*\]) *= *(-?[\d.]+)/;
const ITEM =
  /^(?:region|fold|layer|task|group|head|agent|trial|run|client|split|level|stage|scale|class|model|net|env|dataset|site|user|domain|subset)$/i;
/** `"key": "eval_accuracy", ...` */
const KEY_OF_VALUE = /^.*["{, ](?:key|name|metric|metric_?name|tag)["']?: ?["']?([\w./-]+)["']?,.*$/i;

/**
 * `Region 3 Avg IOU: 0.1`: the words name what the line is about.
 *
 * @param key - in front of a whole number
 * @param behind - text behind the number
 * @returns whether both name one of several things
 */
export function isItem(key: string, behind: string): boolean {
  return ITEM.test(key) && /^[:,]? +[-A-Za-z]/.test(behind);
}

/**
 * `mIoU/mAcc 0.5/0.6`, `Loss(text/kernel): 0.3/0.1`: as many values as keys.
 *
 * @param key - as printed
 * @param text - the line
 * @param first - the number behind the key
 * @returns keys with their values, and the index behind them; undefined where the key is one
 */
export function slashedOf(
  key: string,
  text: string,
  first: { value: number; start: number; end: number },
): { values: [string, Located][]; end: number } | undefined {
  const [, head = "", inner = key] = /^([^()]*)\(([^()]+)\)$/.exec(key) ?? [];
  const keys = inner.split("/").map((part) => (inner === key ? part : `${head}(${part})`));
  const values: [string, Located][] = [[keys[0] as string, { value: first.value, at: first.start }]];
  let { end } = first;
  for (const name of keys.slice(1)) {
    const printed = /^\/(\d+\.\d+)/.exec(text.slice(end, end + 24))?.[1];
    if (printed === undefined) return undefined;
    values.push([name, { value: Number(printed), at: end + 1 }]);
    end += printed.length + 1;
  }
  return keys.length === 1 || text[end] === "/" ? undefined : { values, end };
}

/**
 * @param lead - what stands before the key `value`
 * @returns the name that the value has beside it: `"key": "eval_accuracy", "value": 0.75`
 */
export function keyOfValue(lead: string): string | undefined {
  return KEY_OF_VALUE.exec(lead)?.[1];
}

/**
 * `LOSS train 0.5 valid 0.6`: the measure stands in front of the first phase only.
 *
 * @param key - of a value
 * @param lead - what stands before the key
 * @param before - key of the value before
 * @returns the key with its measure
 */
export function withMeasure(key: string, lead: string, before: string | undefined): string {
  const told = phaseOfWord(key) === undefined ? undefined : MEASURE_OF_PHASES.exec(lead)?.[1];
  if (told !== undefined && kindOf(metricName(told)) === "strong") return `${told} ${key}`;
  const [, measure, phase] = LAST_WORD.exec(before ?? "") ?? [];
  return phase !== undefined && phaseOfWord(phase) && phaseOfWord(key) ? `${measure} ${key}` : key;
}

/**
 * Reads how a line begins, where that is a form of its own.
 *
 * @param text - one line without its prefix
 * @param base - index of its first character in the whole line
 * @param reading - told what it says
 * @returns the index in the text from which keys and values go on; 0 where the line begins as others do
 */
export function readStart(text: string, base: number, reading: Reading): number {
  const piped = PIPED.exec(text);
  const [glued, epoch, phase, batch] = piped ? [piped[0], piped[1], undefined, piped[2]] : (GLUED.exec(text) ?? []);
  if (glued !== undefined && epoch !== undefined && batch !== undefined) {
    reading.counters.epoch = { value: Number(epoch), at: base, of: undefined };
    reading.counters[piped ? "step" : "batch"] = { value: Number(batch), at: base + glued.lastIndexOf(batch), of: undefined };
    reading.evidence = "named";
    reading.section = phase;
    return glued.length;
  }
  const positions = readPositions(text, base, reading);
  if (positions > 0) return positions;
  const [whole, key, printed] = BRACKETED.exec(text) ?? [];
  if (whole === undefined || key === undefined || printed === undefined) return 0;
  const located = { value: Number(printed), at: base + whole.length - printed.length };
  reading.pairs.push({ ...plainPair(located, key), isQuoted: true, isLeading: true });
  return whole.length;
}

function readPositions(text: string, base: number, reading: Reading): number {
  const located = ([start, end]: [number, number]): Located => ({ value: Number(text.slice(start, end)), at: base + start });
  const phased = OF_PHASE.exec(text);
  const phase = phased && phaseOfWord(phased[1] as string);
  const [inBrackets, , ofEpoch, ofBatch, ofTotal] = phased?.indices ?? [];
  if (phase && inBrackets && ofEpoch && ofBatch && ofTotal) {
    reading.counters.epoch = { ...located(ofEpoch), of: undefined };
    reading.counters.batch = { ...located(ofBatch), of: located(ofTotal) };
    reading.evidence = "named";
    reading.phase = phase;
    return inBrackets[1];
  }
  const [counted, number, word] = (AFTER.exec(text) ?? NUMBER_FIRST.exec(text))?.indices ?? [];
  const role = word && counterWord(text.slice(...word), true)?.role;
  if (counted !== undefined && number !== undefined && role !== undefined) {
    reading.counters[role] = { ...located(number), of: undefined };
    reading.evidence = "named";
    return counted[1];
  }
  const [stepped, ofRun, ofAll] = STEPS_OF_RUN.exec(text)?.indices ?? [];
  if (stepped !== undefined && ofRun !== undefined && ofAll !== undefined) {
    reading.counters.step = { ...located(ofRun), of: located(ofAll) };
    reading.evidence = "named";
    return stepped[1];
  }
  const [tried, trial] = TRIAL.exec(text)?.indices ?? [];
  if (tried !== undefined && trial !== undefined) {
    reading.counters.step = { ...located(trial), of: undefined };
    reading.evidence = "named";
    return tried[1];
  }
  const [barred, epochInFront, stepInFront] = BARRED.exec(text)?.indices ?? [];
  if (barred !== undefined && epochInFront !== undefined && stepInFront !== undefined) {
    reading.counters.epoch = { ...located(epochInFront), of: undefined };
    reading.counters.step = { ...located(stepInFront), of: undefined };
    reading.evidence = "named";
    return barred[1];
  }
  const found = BRACKETS.exec(text) ?? TWO_NUMBERS.exec(text);
  const bar = found ? null : PROGRESS.exec(text);
  const [whole, first, second, third] = (found ?? bar)?.indices ?? [];
  if (whole === undefined || first === undefined || second === undefined) return 0;
  if (found) reading.counters.epoch = { ...located(first), of: undefined };
  reading.counters.batch = found ? { ...located(second), of: third && located(third) } : { ...located(first), of: located(second) };
  reading.evidence = found ? "named" : "bare";
  return whole[1];
}
