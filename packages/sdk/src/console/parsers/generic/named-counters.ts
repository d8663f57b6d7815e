import { metricName } from "../metric-name.js";
import { type CounterRole, counterWord } from "./counter-word.js";
import { isInitials, roleOfInitial } from "./initials.js";
import type { KeyBefore } from "./key-before.js";
import type { PrintedNumber } from "./number-at.js";
import { phaseOfSet, phaseOfWord } from "./phase.js";
import { countedOf, countIn, countScaled } from "./positions.js";
import type { Counted, Reading } from "./reading.js";
import { kindOf } from "./words.js";

const EPOCH_OF_PHASE = /^(.*?)\s*\((\w+)\)$/;
/** `Epoch: 1, Steps: 264`: how long the epoch is. */
const LENGTHS = /^(?:steps|batches)$/i;

/** Counters that have a word in front of their number. */
export class NamedCounters {
  readonly #text: string;
  readonly #base: number;
  readonly #reading: Reading;
  /** Counters are initials: `E: 3 | S: 1000`. */
  readonly #hasInitials: boolean;
  /** `Steps : 10`, first on the line: a counter where a measured value follows, a parameter where others do. */
  #plural: { role: CounterRole; counted: Counted } | undefined;
  /** The item that was read last is an epoch. */
  isAfterEpoch = false;

  /** @param text - one line without its prefix @param base - index of its first character in the whole line @param reading - told the counters */
  constructor(text: string, base: number, reading: Reading) {
    this.#text = text;
    this.#base = base;
    this.#reading = reading;
    this.#hasInitials = isInitials(text);
  }

  /** `global_step=99.00` counts, `99.50` would not: what is made of the line holds for lines with the same fraction. */
  #pinFraction({ start, end }: PrintedNumber): void {
    const point = this.#text.indexOf(".", start);
    if (point < 0 || point >= end) this.#reading.isOfDigits = true;
    else for (let at = point; at < end; at += 1) this.#reading.sectionDigits.push(this.#base + at);
  }

  /**
   * @param number - of the line
   * @param key - in front of it
   * @param from - index behind the item before
   * @returns whether the key names a counter, which is told then
   */
  read(number: PrintedNumber, { key, link, opener, lead }: KeyBefore, from: number): boolean {
    if (number.unit !== "" && counterWord(key, false)?.role === "iteration")
      return countScaled(this.#reading, "iteration", number, this.#base);
    if (number.unit !== "" || Number.isNaN(number.value)) return false;
    const inBrackets = EPOCH_OF_PHASE.exec(key);
    const phase = inBrackets ? phaseOfWord(inBrackets[2] as string) : undefined;
    if (key === "E" && number.isInteger && lead.endsWith("[")) {
      this.#count("epoch", this.#counted(number));
      return true;
    }
    const initial = this.#hasInitials && number.isInteger ? roleOfInitial(key, this.#text) : undefined;
    if (initial !== undefined) {
      this.#count(initial, this.#counted(number));
      return true;
    }
    const word = counterWord(
      phase === undefined ? key : (inBrackets?.[1] as string),
      number.of !== undefined || this.#reading.counters.epoch !== undefined,
    );
    if (word === undefined && number.of === undefined && from === 0 && this.#plural === undefined) {
      const plural = counterWord(key, true);
      if (plural !== undefined && plural.phaseWord === undefined) this.#plural = { role: plural.role, counted: this.#counted(number) };
    }
    if (word !== undefined) {
      if (word.role !== "epoch" && !number.isInteger) {
        this.#pinFraction(number);
        if (!Number.isInteger(number.value)) return false;
      }
      if (phase !== undefined) this.#reading.phase = phase;
      if (word.phaseWord !== undefined) this.#reading.section = word.phaseWord;
      this.#count(number.of === undefined && LENGTHS.test(key) ? "ignored" : word.role, this.#counted(number));
      this.isAfterEpoch = word.role === "epoch";
      return true;
    }
    if (phaseOfSet(key) === undefined || !number.isInteger) return false;
    const behind = this.#text.slice(number.end, number.end + 20);
    if (link === ":" && from === 0 && /^ (?:batch|step|iter)\b/.test(behind)) {
      // `training: 1 batch 20 loss: 0.5`
      this.#count("epoch", this.#counted(number));
    } else if (
      link === " " &&
      number.of !== undefined &&
      this.#reading.counters.epoch !== undefined &&
      this.#reading.counters.batch === undefined
    ) {
      // `epoch 12 lr 0.01 train 120/390 loss 0.5`
      this.#count("batch", this.#counted(number));
    } else if (opener === "(" && number.of !== undefined && behind.startsWith(")")) {
      this.#count("epoch", this.#counted(number));
    } else if (link === " " && /^, [a-z ]+: -?\d*\.\d/.test(this.#text.slice(number.end, number.end + 40)) && from === 0) {
      // `Train 0, loss: 1.9`
      this.#count("epoch", this.#counted(number));
    } else if (opener === "[" && number.of !== undefined && !/^\]\s*\[/.test(behind)) this.#count("batch", this.#counted(number));
    else if (this.#reading.evidence === "none" && /^(?:\s*\(\s*\d+%\))?(?: \s*\[|\]\s*\[) *\d+\//.test(behind)) {
      this.#count("epoch", this.#counted(number));
      this.isAfterEpoch = true;
    } else return false;
    this.#reading.section = key;
    return true;
  }

  /** Counts the plural that the line began with, where a measured value followed. */
  countPlural(): void {
    if (this.#plural === undefined) return;
    const kinds = this.#reading.pairs.map(({ key, isInteger }) => (isInteger ? "" : kindOf(metricName(key))));
    const { role, counted } = this.#plural;
    this.#reading.pairs = this.#reading.pairs.filter(({ at }) => at !== counted.at);
    if (kinds.includes("strong") && !kinds.includes("config")) this.#count(role, counted);
  }

  #count(role: CounterRole, counted: Counted): void {
    countIn(this.#reading, role, counted);
  }

  #counted(number: PrintedNumber): Counted {
    return countedOf(number, this.#base);
  }
}
