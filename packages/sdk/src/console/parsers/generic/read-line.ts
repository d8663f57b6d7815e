import { metricName } from "../metric-name.js";
import { type CounterAround, counterAround } from "./counter-around.js";
import type { CounterRole } from "./counter-word.js";
import { hasDecimalCommas } from "./decimal-commas.js";
import { Groups } from "./groups.js";
import type { KeyBefore } from "./key-before.js";
import { isItem, keyOfValue, readStart, slashedOf, withMeasure } from "./line-forms.js";
import type { Located } from "./located.js";
import { NamedCounters } from "./named-counters.js";
import { nextNumber, type PrintedNumber } from "./number-at.js";
import { namedList } from "./number-list.js";
import { OpenKey } from "./open-key.js";
import { phaseOfWord } from "./phase.js";
import { countedOf, countIn, Positions } from "./positions.js";
import { type Counted, emptyReading, plainPair, type Reading } from "./reading.js";
import { readSection } from "./section.js";
import { trailingOf } from "./trailing.js";
import { readValuesFirst } from "./values-first.js";
import { kindOf } from "./words.js";

const KEY_BEHIND_BAR = /^\s*\|{1,2}\s*[A-Za-z\u4e00-\u9fff]/;
const VALUE_BEHIND_BAR = /^ \| +\d+\.\d/;
/** `Score of A vs B: 12 - 3` */
const RESULT = /^ - \d+\b/;
const OF_MEASURE = /^ ?(?:轮|批|步|次|个|张|条)/;
/** `Train loss 10 0.51`: a step between a key and its value. */
const STEP_BETWEEN = /^:?\s+-?\d+\.\d/;
/**
 * Reads the numbers of one line: each is a counter, a value with a key, or neither.
 *
 * @param text - one line or frame without its prefix
 * @param base - index of its first character in the whole line
 * @param into - what was read before of the same line (a progress bar's description), added to
 * @returns the reading
 */
export function readLine(text: string, base = 0, into: Reading = emptyReading()): Reading {
  const list = namedList(text, base);
  new LineScan(list === undefined ? text : text.slice(0, list.start), base, into).run();
  if (list !== undefined) {
    readSection(`${into.rest} `, into);
    into.pairs.push(...list.pairs.map((pair) => ({ ...pair, section: pair.section ?? into.section })));
    into.rest = "";
  }
  return into;
}

class LineScan {
  readonly #text: string;
  readonly #base: number;
  readonly #reading: Reading;
  /** Index behind the item before. */
  #from = 0;
  #inCall = false;
  readonly #positions: Positions;
  readonly #counters: NamedCounters;
  readonly #keys: OpenKey;
  readonly #groups = new Groups();
  /** Key of the value behind the counter before: `Validation loss at epoch 3: 0.5`. */
  #measure = "";

  constructor(text: string, base: number, reading: Reading) {
    this.#text = text;
    this.#base = base;
    this.#reading = reading;
    this.#keys = new OpenKey(text);
    this.#positions = new Positions(text, base, reading);
    this.#counters = new NamedCounters(text, base, reading);
  }

  run(): void {
    const text = this.#text;
    this.#from = readStart(text, this.#base, this.#reading);
    const hasCommas = hasDecimalCommas(text);
    let at = this.#from;
    for (;;) {
      const number = nextNumber(text, at, hasCommas);
      if (number === undefined) break;
      const key = this.#keys.read(number, this.#from);
      at = number.end;
      if (key !== undefined) at = this.#from = this.#item(number, key);
    }
    if (this.#reading.pairs.every(({ link }) => link === " ")) readValuesFirst(text, this.#base, this.#reading);
    this.#counters.countPlural();
    this.#reading.rest = this.#from === 0 ? text : text.slice(this.#from);
  }

  /** @returns where to go on */
  #item(number: PrintedNumber, key: KeyBefore): number {
    const wasAfterEpoch = this.#counters.isAfterEpoch;
    this.#counters.isAfterEpoch = false;
    if (key.lead !== "") this.#readLead(key);
    if (this.#inCall) this.#inCall = !key.lead.includes(")") && !this.#text.slice(this.#from, number.start).includes(")");
    if (key.isInCall || this.#inCall) {
      this.#inCall = true;
      return number.end;
    }
    if (number.isOther && !this.#isBeforeBar(number, key)) return number.end;
    const around = counterAround(this.#text, number);
    if (around !== undefined) return this.#ordinal(number, around);
    if (key.key === "" && key.link === "" && this.#measure !== "") {
      const gap = this.#text.slice(this.#from, number.start);
      if (/^\s*(?:[:=]|is)\s*$/.test(gap) || (gap.trim() === "" && !number.isInteger))
        Object.assign(key, { key: this.#measure, link: ":" });
    }
    this.#measure = key.measure;
    if (key.key === "" || key.link === "") {
      this.#positions.read(number, key.opener, this.#from, wasAfterEpoch);
      return number.end;
    }
    if (this.#counters.read(number, key, this.#from)) return this.#behindCounter(number);
    return this.#pair(number, key);
  }

  /** `acc: 85.25% | loss: 0.5`: a value in front of a column, where `50% | 2/4` is how far a bar is. */
  #isBeforeBar({ unit, end, isInteger }: PrintedNumber, { key }: KeyBefore): boolean {
    const behind = this.#text.slice(end, end + 16);
    if (unit !== "%" || key === "" || !(KEY_BEHIND_BAR.test(behind) || (!isInteger && VALUE_BEHIND_BAR.test(behind)))) return false;
    const kind = kindOf(metricName(key));
    return kind === "strong" || (!isInteger && (kind === "unknown" || kind === "weak"));
  }

  /** `第 3 轮` */
  #ordinal(number: PrintedNumber, { role, of, end }: CounterAround): number {
    const counted = this.#counted(number);
    this.#count(role, of === undefined ? counted : { ...counted, of: this.#located(of) });
    this.#counters.isAfterEpoch = role === "epoch";
    return end;
  }

  #readLead(key: KeyBefore): void {
    readSection(key.lead, this.#reading);
    this.#groups.read(key.lead, key.key === "" ? key.opener : "");
    if (/^(?:metric_?)?value$/i.test(key.key)) key.key = keyOfValue(this.#text.slice(0, this.#from) + key.lead) ?? key.key;
  }

  /** What a counter has behind it in brackets (`(20%)`, `(1.702 sec)`) belongs to it. */
  #behindCounter({ end }: PrintedNumber): number {
    const pattern = /\s*\((?:\s*\d+(?:\.\d+)?(?:%| ?sec| ?s)\s*)\)/y;
    pattern.lastIndex = end;
    return pattern.test(this.#text) ? pattern.lastIndex : end;
  }

  #pair(number: PrintedNumber, { key, link, opener, lead, isQuoted }: KeyBefore): number {
    if (
      link === " " &&
      number.isInteger &&
      number.unit === "" &&
      this.#reading.evidence === "none" &&
      STEP_BETWEEN.test(this.#text.slice(number.end, number.end + 12)) &&
      kindOf(metricName(key)) === "strong"
    ) {
      this.#count("iteration", this.#counted(number));
      this.#measure = key;
      return number.end;
    }
    if (
      link === " " &&
      number.isInteger &&
      number.unit === "" &&
      this.#reading.pairs.length === 0 &&
      isItem(key, this.#text.slice(number.end))
    ) {
      this.#reading.section = `${key}_${number.value}`;
      for (let at = number.start; at < number.end; at += 1) this.#reading.sectionDigits.push(this.#base + at);
      return number.end;
    }
    // `Eval 1 at step 100`: the evaluations are counted.
    if (link === " " && number.isInteger && number.unit === "" && number.of === undefined && phaseOfWord(key) !== undefined)
      return number.end;
    // `共训练 10 轮`: how many there are.
    if (link === " " && number.isInteger && OF_MEASURE.test(this.#text.slice(number.end, number.end + 4))) return number.end;
    if (number.isInteger && RESULT.test(this.#text.slice(number.end, number.end + 8))) return number.end;
    const slashed = slashedOf(key, this.#text, number);
    if (slashed !== undefined) {
      const section = this.#groups.section ?? this.#reading.section;
      for (const [name, located] of slashed.values) this.#reading.pairs.push({ ...plainPair(this.#located(located), name), section });
      return slashed.end;
    }
    const isList = opener === "[";
    const trailing = trailingOf(this.#text, number.end, number.unit, isList);
    const { isOfParameters, section = this.#reading.section } = this.#groups;
    const name = this.#groups.keyOf(withMeasure(key, lead, this.#reading.pairs.at(-1)?.key));
    this.#groups.close(this.#text.slice(number.end, trailing.end));
    if (
      opener.length > 1 ||
      (opener === "(" && link !== " ") ||
      (opener !== "" && link === " " && !(isList && kindOf(metricName(key)) === "strong"))
    )
      return trailing.end;
    // `9800/10000` says nothing without its percentage.
    if (isOfParameters || (number.of !== undefined && trailing.percent === undefined)) return trailing.end;
    this.#reading.pairs.push({
      key: name,
      link,
      ...this.#located(
        trailing.change ?? (number.of === undefined ? { value: number.value, at: number.valueAt } : (trailing.percent as Located)),
      ),
      average: trailing.average && this.#located(trailing.average),
      deviation: trailing.deviation && this.#located(trailing.deviation),
      further: trailing.further.map((located) => this.#located(located)),
      unit: number.unit,
      isInteger: number.isInteger && number.of === undefined,
      isQuoted,
      isChange: trailing.change !== undefined,
      isLeading: this.#from === 0,
      section,
    });
    return trailing.end;
  }

  #count(role: CounterRole, counted: Counted): void {
    countIn(this.#reading, role, counted);
  }

  #counted(number: PrintedNumber): Counted {
    return countedOf(number, this.#base);
  }

  #located({ value, at }: Located): Located {
    return { value, at: this.#base + at };
  }
}
