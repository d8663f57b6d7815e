import { metricName } from "../metric-name.js";
import { type CounterRole, counterWord } from "./counter-word.js";
import { type KeyBefore, keyBefore } from "./key-before.js";
import { nextNumber, type PrintedNumber } from "./number-at.js";
import { phaseOfSet, phaseOfWord } from "./phase.js";
import { type Counted, emptyReading, type Located, type Reading } from "./reading.js";
import { readSection } from "./section.js";
import { trailingOf } from "./trailing.js";
import { kindOf } from "./words.js";

/** `1epoch:train:4026-8050batch: ` */
const GLUED = /^(\d+)epoch:(\w+):(?:\d+-)?(\d+)batch: */;
/** COCO: `Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 0.351`: numbers in brackets belong to the key. */
const BRACKETED = /^\s*([A-Z][\w ]*\([A-Z]+\) @\[[^\]]*\]) *= *(-?[\d.]+)/;
const ITEM =
  /^(?:region|fold|layer|task|group|head|agent|trial|run|client|split|level|stage|scale|class|model|net|env|dataset|site|user|domain|subset)$/i;
const EPOCH_OF_PHASE = /^(.*?)\s*\((\w+)\)$/;
const POINT_DECIMALS = /\d\.\d/;
const COMMA_DECIMALS = /[=:]\s*-?\d+,(?:\d{1,2}|\d{4,})(?![\d,])|[=:]\s*-?0,\d/;

/**
 * Reads the numbers of one line: each is a counter, a value with a key, or neither.
 *
 * @param text - one line or frame without its prefix
 * @param base - index of its first character in the whole line
 * @param into - what was read before of the same line (a progress bar's description), added to
 * @returns the reading
 */
export function readLine(text: string, base = 0, into: Reading = emptyReading()): Reading {
  const scan = new LineScan(text, base, into);
  scan.run();
  return into;
}

class LineScan {
  readonly #text: string;
  readonly #base: number;
  readonly #reading: Reading;
  /** Index behind the item before. */
  #from = 0;
  #afterEpoch = false;
  #inCall = false;
  /** The item before was a position in brackets, first on the line. */
  #isFirstPair = false;
  /** Index of a key that has a number in it: `recall@thr=0.5: 0.38`. */
  #openKey = -1;
  /** Key of the value behind the counter before: `Validation loss at epoch 3: 0.5`. */
  #measure = "";

  constructor(text: string, base: number, reading: Reading) {
    this.#text = text;
    this.#base = base;
    this.#reading = reading;
  }

  run(): void {
    const text = this.#text;
    this.#glued();
    this.#bracketed();
    const hasDecimalCommas = text.includes(",") && COMMA_DECIMALS.test(text) && !POINT_DECIMALS.test(text);
    let at = this.#from;
    for (;;) {
      const number = nextNumber(text, at, hasDecimalCommas);
      if (number === undefined) break;
      const key = this.#keyOf(number);
      at = number.end;
      if (key !== undefined) at = this.#from = this.#item(number, key);
    }
    this.#reading.rest = this.#from === 0 ? text : text.slice(this.#from);
  }

  /** @returns undefined where the number belongs to the key of the next one */
  #keyOf(number: PrintedNumber): KeyBefore | undefined {
    const text = this.#text;
    const key = keyBefore(text, this.#from, number.start);
    if (key.link === " " && key.key.endsWith(" of group")) return undefined;
    if (this.#openKey !== -1) {
      key.key = text.slice(this.#openKey, number.start).replace(/:\s*$/, "");
      key.link = ":";
      this.#openKey = -1;
    } else if (key.link === "=" && key.key !== "" && /^: +-?[\d.]/.test(text.slice(number.end, number.end + 8))) {
      this.#openKey = text.lastIndexOf(key.key, number.start);
      return undefined;
    }
    return key;
  }

  #glued(): void {
    const glued = GLUED.exec(this.#text);
    if (glued === null) return;
    const [whole, epoch = "", phase, batch = ""] = glued;
    this.#count("epoch", { value: Number(epoch), at: this.#base, of: undefined });
    this.#count("batch", { value: Number(batch), at: this.#base + whole.lastIndexOf(batch), of: undefined });
    this.#reading.section = phase;
    this.#from = whole.length;
  }

  #bracketed(): void {
    const [whole, key, printed] = BRACKETED.exec(this.#text) ?? [];
    if (whole === undefined || key === undefined || printed === undefined) return;
    this.#from = whole.length;
    const at = whole.length - printed.length;
    this.#reading.pairs.push({
      ...this.#located({ value: Number(printed), at }),
      key,
      link: "=",
      average: undefined,
      deviation: undefined,
      further: [],
      unit: "",
      isInteger: false,
      isQuoted: true,
      isLeading: true,
      section: undefined,
    });
  }

  /** @returns where to go on */
  #item(number: PrintedNumber, key: KeyBefore): number {
    const wasAfterEpoch = this.#afterEpoch;
    this.#afterEpoch = false;
    if (key.lead !== "") readSection(key.lead, this.#reading);
    if (this.#inCall) this.#inCall = !key.lead.includes(")") && !this.#text.slice(this.#from, number.start).includes(")");
    if (key.isInCall || this.#inCall) {
      this.#inCall = true;
      return number.end;
    }
    if (number.isOther) return number.end;
    if (
      key.key === "" &&
      key.link === "" &&
      this.#measure !== "" &&
      /^\s*(?:[:=]|is)\s*$/.test(this.#text.slice(this.#from, number.start))
    ) {
      key.key = this.#measure;
      key.link = ":";
    }
    this.#measure = key.measure;
    if (key.key === "" || key.link === "") {
      this.#position(number, key, wasAfterEpoch);
      return number.end;
    }
    if (this.#counter(number, key)) return this.#behindCounter(number);
    return this.#pair(number, key);
  }

  /** A number without a key may count by where it stands: behind an epoch, or first on the line. */
  #position(number: PrintedNumber, key: KeyBefore, wasAfterEpoch: boolean): void {
    if (!number.isInteger || number.unit !== "") return;
    const text = this.#text;
    const gap = text.slice(this.#from, number.start);
    if (wasAfterEpoch && /^[\s\][:,(|-]*$/.test(gap) && (number.of !== undefined || key.opener === "[")) {
      this.#count("batch", this.#counted(number));
      return;
    }
    if (this.#reading.evidence === "bare" && this.#isFirstPair && /^\]?[\s[,]*$/.test(gap)) {
      this.#second(number);
      return;
    }
    if (this.#reading.evidence !== "none") return;
    // `loss: 2.30  [   64/60000]`
    if (number.of !== undefined && key.opener === "[" && this.#reading.pairs.length > 0 && /^\]\s*$/.test(text.slice(number.end))) {
      this.#reading.counters.batch = this.#counted(number);
      this.#reading.evidence = "bare";
    }
    if (this.#from !== 0 || !/^[\s[(]*$/.test(gap)) return;
    const behind = text.slice(number.end, number.end + 8);
    if (
      number.of !== undefined ? /^(?:[ \]]|$)/.test(behind) : gap.includes("[") ? /^(?:\][\s:]|, +\d)/.test(behind) : /^:[ \t]/.test(behind)
    ) {
      this.#reading.counters[number.of === undefined ? "step" : "batch"] = this.#counted(number);
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
    counters.batch = this.#counted(number);
    this.#reading.isRound = false;
  }

  #counter(number: PrintedNumber, { key, opener }: KeyBefore): boolean {
    if (number.unit !== "" || Number.isNaN(number.value)) return false;
    const inBrackets = EPOCH_OF_PHASE.exec(key);
    const phase = inBrackets ? phaseOfWord(inBrackets[2] as string) : undefined;
    const word = counterWord(
      phase === undefined ? key : (inBrackets?.[1] as string),
      number.of !== undefined || this.#reading.counters.epoch !== undefined,
    );
    if (word !== undefined) {
      if (word.role !== "epoch" && !number.isInteger && !Number.isInteger(number.value)) return false;
      if (phase !== undefined) this.#reading.phase = phase;
      if (word.phaseWord !== undefined) this.#reading.section = word.phaseWord;
      this.#count(word.role, this.#counted(number));
      this.#afterEpoch = word.role === "epoch";
      return true;
    }
    if (phaseOfSet(key) === undefined || !number.isInteger) return false;
    const behind = this.#text.slice(number.end, number.end + 12);
    if (opener === "[" && number.of !== undefined && !/^\]\s*\[/.test(behind)) this.#count("batch", this.#counted(number));
    else if (this.#reading.evidence === "none" && /^(?: \[|\]\s*\[) *\d+\//.test(behind)) {
      this.#count("epoch", this.#counted(number));
      this.#afterEpoch = true;
    } else return false;
    this.#reading.section = key;
    return true;
  }

  /** What a counter has behind it in brackets (`(20%)`, `(1.702 sec)`) belongs to it. */
  #behindCounter({ end }: PrintedNumber): number {
    const pattern = /\s*\((?:\s*\d+(?:\.\d+)?(?:%| ?sec| ?s)\s*)\)/y;
    pattern.lastIndex = end;
    return pattern.test(this.#text) ? pattern.lastIndex : end;
  }

  #pair(number: PrintedNumber, { key, link, opener, isQuoted }: KeyBefore): number {
    if (link === " " && this.#isItem(number, key)) {
      this.#reading.section = `${key}_${number.value}`;
      for (let at = number.start; at < number.end; at += 1) this.#reading.sectionDigits.push(this.#base + at);
      return number.end;
    }
    const isList = opener === "[";
    const trailing = trailingOf(this.#text, number.end, number.unit, isList);
    if (
      opener.length > 1 ||
      (opener === "(" && link !== " ") ||
      (opener !== "" && link === " " && !(isList && kindOf(metricName(key)) === "strong"))
    )
      return trailing.end;
    // `9800/10000` says nothing without its percentage.
    if (number.of !== undefined && trailing.percent === undefined) return trailing.end;
    this.#reading.pairs.push({
      key,
      link,
      ...this.#located(number.of === undefined ? { value: number.value, at: number.valueAt } : (trailing.percent as Located)),
      average: trailing.average && this.#located(trailing.average),
      deviation: trailing.deviation && this.#located(trailing.deviation),
      further: trailing.further.map((located) => this.#located(located)),
      unit: number.unit,
      isInteger: number.isInteger && number.of === undefined,
      isQuoted,
      isLeading: this.#from === 0,
      section: this.#reading.section,
    });
    return trailing.end;
  }

  /** `Region 3 Avg IOU: 0.1`: the words name what the line is about. */
  #isItem({ isInteger, unit, end }: PrintedNumber, key: string): boolean {
    return (
      isInteger &&
      unit === "" &&
      ITEM.test(key) &&
      this.#reading.pairs.length === 0 &&
      /^[:,]? +[-A-Za-z]/.test(this.#text.slice(end, end + 8))
    );
  }

  #count(role: CounterRole, counted: Counted): void {
    this.#reading.counters[role] ??= counted;
    this.#reading.evidence = "named";
  }

  #counted({ value, valueAt, of, ofAt }: PrintedNumber): Counted {
    return { value, at: this.#base + valueAt, of: of === undefined ? undefined : { value: of, at: this.#base + ofAt } };
  }

  #located({ value, at }: Located): Located {
    return { value, at: this.#base + at };
  }
}
