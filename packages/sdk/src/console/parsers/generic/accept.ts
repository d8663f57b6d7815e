import type { NamedValue } from "./name-values.js";
import { phaseOfWord } from "./phase.js";
import type { Reading } from "./reading.js";
import { kindOf } from "./words.js";

/** What is known of the lines before. */
export interface Surroundings {
  /** Lines with a named counter and metrics have come: a training is under way. */
  isUnderWay: boolean;
  /** A heading announced a block of values, one a line. */
  isInBlock: boolean;
  /** The line right above told a value. */
  isBelowMetric: boolean;
  /** A value was told just before, and no parameter stands in between. */
  isNearMetric: boolean;
}

/** Whole numbers that say where the run stands, beside its counters, or how long it is. */
const COUNTS =
  /^(?:gpu|cuda|device|batch|data|stage|task|fold|n|seen|threads|world|bsz?|n_(?:samples|gpus?|workers))$|^max_(?:size|iter|epoch|step)/;
/** `stage_iteration`, where `loss_epoch` is measured. */
const COUNTS_WITHIN = /_(?:iter|iteration|epoch|batch)$/;

/**
 * Decides which values of a line are metrics: parameters, summaries of data and prose have keys and numbers as well.
 *
 * @param reading - the line
 * @param values - its pairs under their names
 * @param surroundings - what is known of the lines before
 * @returns the values that are metrics; mostly all or none
 */
export function accept(reading: Reading, values: readonly NamedValue[], surroundings: Surroundings): NamedValue[] {
  const isOfPopulation = values.some(({ bare }) => /^(?:mean|avg|average|median|worst)$/.test(bare));
  const possible = values.filter(({ bare, pair }) => {
    if (bare === "best" && isOfPopulation && reading.evidence === "named") return true;
    // `fix loss 0.5 -> 0.4`, of a list of changes
    if (pair.isChange && reading.evidence === "none") return false;
    if (kindOf(bare) === "never" || (bare === "total" && (pair.unit !== "" || (pair.isInteger && pair.link === " ")))) return false;
    if (pair.isInteger && pair.unit === "" && reading.evidence === "none" && /(?:^|_)(?:errors?|fail(?:ures?|ed)?)$/.test(bare))
      return false;
    if (pair.isInteger && pair.unit === "" && (COUNTS.test(bare) || (kindOf(bare) === "unknown" && COUNTS_WITHIN.test(bare)))) return false;
    // Elsewhere it shows that parameters are dumped.
    if (reading.evidence === "named" && pair.isInteger && /^batch_?size$/.test(bare)) return false;
    return pair.link !== " " || isPlainName(pair.key);
  });
  if (possible.length === 0) return [];
  if (values.some(({ bare, pair }) => bare === "progress" && pair.unit === "%")) return possible;
  const kinds = possible.map(({ bare }) => kindOf(bare));
  const linked = possible.filter(({ pair }) => pair.link !== " ");
  const has = (kind: string): boolean => kinds.includes(kind as never);
  const isWholly = isOnly(reading, possible) || isListed(reading, possible);
  const said = possible.filter(
    (value, at) =>
      isWholly ||
      value.pair.link !== " " ||
      kinds[at] === "strong" ||
      kinds[at] === "weak" ||
      isOfPhase(value) ||
      isPhaseAlone(value) ||
      isBesideF(value, values) ||
      isOfGroup(value, values),
  );
  if (reading.evidence === "named") {
    const isTold = has("strong") || has("weak") || linked.some(({ pair }) => !pair.isInteger) || kinds.some((kind) => kind === "unknown");
    return isTold ? said : [];
  }
  if (reading.evidence === "bare") {
    const isTold =
      possible.some(isOfPhase) ||
      linked.some((value) => kindOf(value.bare) === "strong" || (value.phase !== undefined && !value.pair.isInteger));
    const inWords = possible.filter(({ pair }, at) => kinds[at] === "strong" && !pair.isInteger);
    // `12: loss 0.5`
    const isWhole = reading.rest.trim() === "" && possible.every((value, at) => kinds[at] === "strong" || isPhaseAlone(value));
    return isTold || inWords.length >= 2 || (inWords.length === 1 && (isWhole || has("weak"))) ? said : [];
  }
  const config = kinds.filter((kind) => kind === "config").length;
  const isAlone = possible.length === 1 && linked[0]?.pair.isLeading === true && reading.rest.trim() === "";
  if (surroundings.isInBlock && isAlone && config === 0) return linked;
  if (has("strong")) {
    const isSure = possible.some(
      (value, at) =>
        // `p@1 1` may be measured, `score 3` may be a place.
        kinds[at] === "strong" && (value.pair.link !== " " || !value.pair.isInteger || /@\d+$/.test(value.bare)),
    );
    const isDump = config > 0 && (config >= 2 || config * 2 >= possible.length || !surroundings.isUnderWay);
    return isSure && !isDump ? said : [];
  }
  const isAverage = ({ bare, pair }: NamedValue): boolean =>
    pair.deviation !== undefined || pair.average !== undefined || (!pair.isInteger && bare.startsWith("avg_"));
  if (surroundings.isUnderWay && config === 0 && linked.some(isAverage)) return linked;
  // `lr: 0.01` alone
  const isRated = surroundings.isUnderWay && surroundings.isNearMetric;
  const rates = isRated ? linked.filter(({ bare }) => bare === "lr" || /(?:learning_rate|学习率)$/.test(bare)) : [];
  if (rates.length > 0 && config === 0 && reading.rest.trim() === "") return rates;
  const isMany =
    linked.length >= 3 &&
    linked.filter(({ pair }) => !pair.isInteger).length >= 2 &&
    has("weak") &&
    config === 0 &&
    surroundings.isUnderWay;
  if (isMany) return linked;
  // One of several lines of a report.
  const isOfReport =
    surroundings.isBelowMetric &&
    (linked.length === possible.length || linked.length >= 3 || possible.every(({ pair }) => /[a-z]/i.test(pair.unit))) &&
    config === 0 &&
    linked[0]?.pair.isLeading === true &&
    linked.every(({ bare, pair }) => !pair.isInteger || pair.unit.includes("/") || (kindOf(bare) === "weak" && !/\s/.test(pair.key))) &&
    (linked.length === 1 || has("weak") || linked.every(({ pair }) => !pair.isInteger));
  return isOfReport ? possible : [];
}

/** `iter 10 value 101.25`: one word with a value, and nothing else beside the counter. */
function isOnly({ evidence, rest }: Reading, [first, ...others]: readonly NamedValue[]): boolean {
  const isAlone = others.length === 0 && evidence === "named" && rest.trim() === "";
  return isAlone && first?.pair.isInteger === false && first.pair.unit === "" && /^[a-z]+$/.test(first.bare);
}

/** `val/abs_rel 0.25` */
function isOfPhase({ pair, phase }: NamedValue): boolean {
  return phase !== undefined && !pair.isInteger && /^\w+\/\w+$/.test(pair.key);
}

/** `train 0.5 val 0.6` */
function isPhaseAlone({ bare, pair }: NamedValue): boolean {
  return !pair.isInteger && phaseOfWord(bare) !== undefined;
}

/** `episode/length 500 | episode/return 12.5`: of one group. */
function isOfGroup({ pair }: NamedValue, values: readonly NamedValue[]): boolean {
  const group = /^[a-z]\w*\/(?=[a-z]\w*$)/i.exec(pair.key)?.[0];
  return group !== undefined && values.some((other) => other.pair !== pair && other.pair.key.startsWith(group));
}

/** Precision and recall: `P 0.9 R 0.8 F1 0.85` */
function isBesideF({ bare, pair }: NamedValue, values: readonly NamedValue[]): boolean {
  return !pair.isInteger && /^[pr]$/.test(bare) && values.some((other) => /^f1?$/.test(other.bare));
}

/** Keys linked by a blank are words of prose, unless several stand in a list. */
function isListed(reading: Reading, possible: readonly NamedValue[]): boolean {
  if (reading.evidence === "named") return possible.length >= 2;
  const strong = possible.filter(({ bare, pair }) => kindOf(bare) === "strong" && !pair.isInteger);
  return strong.length >= 2 && possible.every(({ pair }) => !pair.isInteger);
}

const PROSE = new Set(
  (
    "in of to from than was is are at for after by with the a an and or over improved reached took line every last first using not did be it on as into until till about only all take takes has have " +
    "processed saved found got loaded fix fixes bump"
  ).split(" "),
);

/** One to four words of which none is of prose. */
function isPlainName(key: string): boolean {
  const words = key.toLowerCase().split(/[\s/]+/);
  return key.toLowerCase() !== "trained" && words.length <= 4 && !words.some((word) => PROSE.has(word));
}
