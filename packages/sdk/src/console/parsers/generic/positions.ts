import { type CounterRole, counterWord } from "./counter-word.js";
import type { PrintedNumber } from "./number-at.js";
import type { Counted, Reading } from "./reading.js";

/** `100/1000 steps| ` */
const OF_COUNTED = /^\]? ?(steps|iters|iterations|batches|epochs)(?= *(?:[|,;:.)\]]|- |$))/;

/** `1.2k steps: ` */
const OF_SCALED = /^ (?:steps|iters|iterations)(?= *[:|,\]])/;
/** `[1200 steps] `, `1200 steps: loss` */
const OF_STEPS = /^ (?:steps|iters|iterations)(?:\]| *[:|,] *(?=[A-Za-z]))/;
/** `Results@18000: ` */
const RESULTS = /^\s*results?@$/i;
const SCALES: Readonly<Record<string, number>> = { k: 1e3, K: 1e3, M: 1e6 };

/**
 * Counts a number that is printed in thousands or millions (`3.5M`).
 *
 * @param reading - told that it counts
 * @param role - what
 * @param number - with its unit
 * @param base - index of the line's first character in what was printed
 * @returns whether it is one
 */
export function countScaled(reading: Reading, role: CounterRole, number: PrintedNumber, base: number): boolean {
  const scale = SCALES[number.unit];
  if (scale === undefined) return false;
  countIn(reading, role, countedOf({ ...number, value: Math.round(number.value * scale) }, base));
  // `0M` and `3M` are read alike from their digits.
  reading.isOfDigits = true;
  return true;
}

/**
 * @param number - of a line
 * @param base - index of the line's first character in what was printed
 * @returns it as a counter
 */
export function countedOf({ value, valueAt, of, ofAt }: PrintedNumber, base: number): Counted {
  return { value, at: base + valueAt, of: of === undefined ? undefined : { value: of, at: base + ofAt } };
}

/** @param reading - told that it counts @param role - what @param counted - the first of a role stays */
export function countIn(reading: Reading, role: CounterRole, counted: Counted): void {
  reading.counters[role] ??= counted;
  reading.evidence = "named";
}

/** Counters that have no words: numbers of a line that stand behind an epoch or first on the line. */
export class Positions {
  readonly #text: string;
  readonly #base: number;
  readonly #reading: Reading;
  /** The item before was a position in brackets, first on the line. */
  #isFirstPair = false;

  /** @param text - one line without its prefix @param base - index of its first character in the whole line @param reading - told the counters */
  constructor(text: string, base: number, reading: Reading) {
    this.#text = text;
    this.#base = base;
    this.#reading = reading;
  }

  /**
   * @param number - without a key
   * @param opener - the brackets directly before it
   * @param from - index behind the item before
   * @param wasAfterEpoch - whether that was an epoch
   */
  read(number: PrintedNumber, opener: string, from: number, wasAfterEpoch: boolean): void {
    const text = this.#text;
    const gap = text.slice(from, number.start);
    if (from === 0 && /^[\s[(]*$/.test(gap) && OF_SCALED.test(text.slice(number.end)))
      countScaled(this.#reading, "step", number, this.#base);
    if (!number.isInteger || number.unit !== "") return;
    if (from === 0 && /^[\s[(]*$/.test(gap) && number.of === undefined && OF_STEPS.test(text.slice(number.end)))
      countIn(this.#reading, "step", countedOf(number, this.#base));
    if (from === 0 && RESULTS.test(gap)) countIn(this.#reading, "step", countedOf(number, this.#base));
    if (wasAfterEpoch && /^[\s\][:,;(|\u2500-\u259f-]*$/.test(gap) && (number.of !== undefined || opener === "[")) {
      countIn(this.#reading, "batch", countedOf(number, this.#base));
      return;
    }
    if (this.#reading.evidence === "bare" && this.#isFirstPair && /^\]?[\s[,]*$/.test(gap)) {
      this.#second(number);
      return;
    }
    if (this.#reading.evidence !== "none") return;
    const counted =
      number.of !== undefined && from === 0 && /^[\s|[(]*$/.test(gap) ? OF_COUNTED.exec(text.slice(number.end))?.[1] : undefined;
    if (counted !== undefined) {
      const role = counterWord(counted, true)?.role as CounterRole;
      countIn(this.#reading, role === "iteration" ? "step" : role, countedOf(number, this.#base));
      return;
    }
    // `loss: 2.30  [   64/60000]`
    if (number.of !== undefined && opener === "[" && this.#reading.pairs.length > 0 && /^\]\s*$/.test(text.slice(number.end))) {
      this.#reading.counters.batch = countedOf(number, this.#base);
      this.#reading.evidence = "bare";
    }
    if (from !== 0 || !/^[\s[(|]*#?$/.test(gap)) return;
    const behind = text.slice(number.end, number.end + 8);
    if (
      number.of !== undefined
        ? /^(?:[ \])]|$)/.test(behind)
        : gap.includes("[")
          ? /^(?:\][\s:]|, +\d| \| \d)/.test(behind)
          : /^(?::[ \t]| \| [a-z]|, ?[a-z])/i.test(behind)
    ) {
      this.#reading.counters[number.of === undefined ? "step" : "batch"] = countedOf(number, this.#base);
      this.#reading.evidence = "bare";
      this.#reading.isRound = number.of === undefined;
      this.#isFirstPair = gap.includes("[");
    }
  }

  /** `[0/5][10/1583]`, `[1,  2000]`: two positions are an epoch and a batch. */
  #second(number: PrintedNumber): void {
    const { counters } = this.#reading;
    const first = counters.batch ?? counters.step;
    this.#isFirstPair = false;
    if (first === undefined || (number.of === undefined) !== (first.of === undefined)) return;
    delete counters.step;
    counters.epoch = first;
    counters.batch = countedOf(number, this.#base);
    this.#reading.isRound = false;
  }
}
