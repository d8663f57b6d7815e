import type { Framework } from "../framework.js";
import { accept } from "../generic/accept.js";
import type { Planned } from "../generic/form-memory.js";
import { FormParser, type Lines } from "../generic/form-parser.js";
import { type Located, planNumber } from "../generic/located.js";
import { nameValues } from "../generic/name-values.js";
import { phaseOfSet } from "../generic/phase.js";
import { digitsOf, locatedIn, numbersOf, type PlacedPlan, PlacedTeller, uniform } from "../generic/placed-plan.js";
import { isFixed } from "../generic/plan-line.js";
import { readLine } from "../generic/read-line.js";
import { type Stamp, StampClock } from "../generic/stamp.js";
import { metricName } from "../metric-name.js";
import { NUMBER } from "../number.js";
import type { ParserOptions, Phase, RunEvent, ValueSink } from "../parser.js";
import { headOf } from "./head.js";
import { type Message, messageOf } from "./message.js";

/** Longer lines are dumps. */
const MOST_CHARS = 8192;
/** `Update[92575]: Change learning rate to 1.00000e-02`, `Adjust learning rate to 1.0e-02 for epoch 30` */
const UPDATE = new RegExp(`^Update\\[(\\d+)\\]: (?:Change learning rate to|now learning rate arrived at) (${NUMBER})`, "d");
const ADJUST = new RegExp(`^Adjust learning rate to (${NUMBER}) for epoch (\\d+)`, "d");
/** InsightFace: `lr-batch-epoch: 0.1 999 0`, `[lfw][2000]Accuracy-Flip: 0.98767+-0.0056`, `[lfw][2000]XNorm: 11.366` */
const RATE = new RegExp(`^lr-batch-epoch: (${NUMBER}) (\\d+) (\\d+)\\s*$`, "d");
const VERIFIED = new RegExp(`^\\[(\\w+)\\]\\[(\\d+)\\]([A-Za-z][\\w-]*): (${NUMBER})(?:\\+-(${NUMBER}))?\\s*$`, "d");
const SAVED = /^Saved (?:checkpoint|optimizer states?) to "(.+)"/;
const LOADED = /^Loaded model (\S+\.params)/;
/** `[Epoch 0] Validation:` with the scores of the classes on lines of their own behind it. */
const BLOCK = /^\s*([A-Za-z]+):\s*$/;
const SCORE = new RegExp(`^\\s*([\\w .-]*[A-Za-z][\\w .-]*)=\\s*(${NUMBER})\\s*$`, "d");
/** Counters of Sockeye's checkpoints, which are metrics of other trainers. */
const COUNTED = new Set(["samples", "updates"]);
const SURELY_MXNET =
  /^(?:.*[\s\]:])?(?:(?:Epoch|Iter) ?\[\d+\] (?:Batch ?\[\d|Train-|Validation-|Time cost=|Resetting Data Iterator)|Update\[\d+\]: (?:Change|now) learning rate|Node\[\d+\] |lr-batch-epoch: \d|\[\w+\]\[\d+\](?:XNorm|Accuracy-Flip): |\[Epoch \d+(?:\]\[| )Batch \d)|^\[[^\]]*\bsockeye\.\w+(?![^\]]*\] E=\d)/;

/** MXNet's `Module.fit` and Speedometer of every version, Gluon's toolkits (CV, NLP, estimators) and Sockeye 1. */
export const mxnet: Framework = {
  name: "mxnet",
  create: (options, forms) => new FormParser(new MxnetLines(options), forms),
  mayTell: (bytes, start) => startsLikeEvent(bytes, start),
  recognizes: (text) => text.length <= MOST_CHARS && SURELY_MXNET.test(text),
};

/** The scores whose heading came last are of this. */
interface Block {
  epoch: Located | undefined;
  phase: Phase | undefined;
}

interface MxnetPlan extends PlacedPlan {
  stamp: Stamp | undefined;
  /** Block that begins with the line; undefined where it ends one. */
  block?: Block | undefined;
  /** The line is of the block. */
  isOfBlock?: boolean | undefined;
  /** The line is of a checkpoint of Sockeye, whose first line counts updates. */
  isOfCheckpoint?: boolean | undefined;
}

class MxnetLines implements Lines<MxnetPlan> {
  readonly framework = "mxnet";
  readonly #options: ParserOptions;
  readonly #teller = new PlacedTeller();
  readonly #clock: StampClock;
  #block: Block | undefined;
  /** Lines behind the first of a checkpoint have no counters of their own. */
  #checkpoint: { step: Located | undefined; epoch: Located | undefined } = { step: undefined, epoch: undefined };

  constructor(options: ParserOptions) {
    this.#options = options;
    this.#clock = new StampClock(options.referenceTimeMs);
  }

  get isInBlock(): boolean {
    return this.#block !== undefined;
  }

  placeOf(): number {
    return this.#block === undefined ? 0 : 1 + PHASES.indexOf(this.#block.phase);
  }

  eventOf(text: string): Omit<RunEvent, "line"> | undefined {
    if (!text.includes("Saved ") && !text.includes("Loaded ")) return undefined;
    const { text: message, stamp } = messageOf(text);
    const saved = SAVED.exec(message)?.[1];
    const file = saved ?? LOADED.exec(message)?.[1];
    const timeMs = this.#clock.timeMs(stamp);
    if (file === undefined) return undefined;
    return { event: saved === undefined ? "resume" : "snapshot", file, ...(Number.isNaN(timeMs) ? {} : { timeMs }) };
  }

  plan(text: string): Planned<MxnetPlan> {
    const message = messageOf(text);
    const found = this.#head(message) ?? this.#rate(message) ?? this.#verified(message) ?? this.#score(message);
    if (found === undefined) return { plan: undefined, numbers: [], holds: "here", digits: [], leads: [] };
    const { digits = [] } = found;
    const { block, isOfBlock, isOfCheckpoint } = found;
    const plan: MxnetPlan = { ...uniform(found), stamp: message.stamp, block, isOfBlock, isOfCheckpoint };
    return {
      plan,
      numbers: [...numbersOf(plan), ...(plan.block?.epoch === undefined ? [] : [plan.block.epoch]), ...(plan.stamp?.numbers ?? [])],
      holds: "here",
      digits: [...message.rankDigits, ...digits, ...(plan.stamp?.offsetDigits ?? [])],
      leads: [],
    };
  }

  tell(plan: MxnetPlan | undefined, line: number, into: ValueSink): boolean {
    if (plan === undefined || plan.isOfBlock !== true) this.#block = plan?.block && { ...plan.block, epoch: copyOf(plan.block.epoch) };
    if (plan === undefined) return false;
    if (plan.isOfBlock === true) plan.epoch = this.#block?.epoch;
    if (plan.isOfCheckpoint === true) {
      if (plan.step !== undefined) this.#checkpoint = { step: copyOf(plan.step), epoch: copyOf(plan.epoch) };
    }
    const counters = plan.isOfCheckpoint === true && plan.step === undefined ? { ...plan, ...this.#checkpoint } : plan;
    this.#teller.tell(counters, line, into, this.#clock.timeMs(plan.stamp), this.#options.batchOfEpoch);
    return plan.values.length > 0;
  }

  #head({ text, at, rank }: Message): Found | undefined {
    const head = headOf(text, at);
    if (head === undefined) return undefined;
    const rest = text.slice(head.end);
    const { epoch, batch, total } = head;
    const heading = BLOCK.exec(rest)?.[1];
    const reading = readLine(rest, at + head.end);
    // The head says where the line stands: its pairs need no other proof.
    reading.evidence = "named";
    const named = accept(reading, nameValues(reading), { isUnderWay: true, isInBlock: false, isBelowMetric: false, isNearMetric: false });
    const isOfCheckpoint = epoch === undefined && batch === undefined;
    const values = named
      .filter(({ name }) => !COUNTED.has(name))
      .map(({ name, pair, phase }) => ({ value: pair.value, at: pair.at, series: this.#teller.seriesOf(name, phase, rank) }));
    const { step, epoch: ofCheckpoint } = reading.counters;
    return {
      values,
      ...(isOfCheckpoint ? { isOfCheckpoint, step, epoch: step && ofCheckpoint, total } : { epoch, batch, total }),
      block: heading === undefined ? undefined : { epoch, phase: phaseOfSet(heading) },
      digits: named.flatMap(({ pair }) => (isFixed(pair.key) ? [] : digitsOf(pair.key, text.lastIndexOf(pair.key, pair.at - at) + at))),
    };
  }

  #rate({ text, at, rank }: Message): Found | undefined {
    const value = (match: RegExpExecArray, group: number, name: string) => {
      const located = locatedIn(match, group, at);
      return located === undefined ? [] : [{ ...located, series: this.#teller.seriesOf(name, undefined, rank) }];
    };
    const update = UPDATE.exec(text);
    if (update) return { values: value(update, 2, "learning_rate"), step: locatedIn(update, 1, at) };
    const adjusted = ADJUST.exec(text);
    if (adjusted) return { values: value(adjusted, 1, "learning_rate"), epoch: locatedIn(adjusted, 2, at) };
    const rate = RATE.exec(text);
    return rate ? { values: value(rate, 1, "lr"), batch: locatedIn(rate, 2, at), epoch: locatedIn(rate, 3, at) } : undefined;
  }

  #verified({ text, at, rank }: Message): Found | undefined {
    const found = VERIFIED.exec(text);
    if (found === null) return undefined;
    const [, set = "", , key = ""] = found;
    const name = `${metricName(set)}/${metricName(key)}`;
    const values = [
      { name, located: locatedIn(found, 4, at) },
      { name: `${name}/std`, located: locatedIn(found, 5, at) },
    ].flatMap(({ name: one, located }) =>
      located === undefined ? [] : [{ ...located, series: this.#teller.seriesOf(one, undefined, rank) }],
    );
    return {
      values,
      step: locatedIn(found, 2, at),
      digits: [...digitsOf(set, at + 1), ...digitsOf(key, at + text.indexOf(key, set.length))],
    };
  }

  /** `aeroplane=0.080252` below `[Epoch 0] Validation:`. */
  #score({ text, at, rank }: Message): Found | undefined {
    const found = SCORE.exec(text);
    const located = found && locatedIn(found, 2, at);
    if (this.#block === undefined || found === null || located === null || located === undefined) return undefined;
    const [, name = ""] = found;
    const series = this.#teller.seriesOf(metricName(name), this.#block.phase, rank);
    return { values: [{ ...located, series }], isOfBlock: true, digits: digitsOf(text.slice(0, text.indexOf("=")), at) };
  }
}

/** What a line tells, but for its time, and the indexes of the digits that its names hang on. */
type Found = Omit<MxnetPlan, "stamp"> & { digits?: readonly number[] };

const PHASES: readonly (Phase | undefined)[] = [undefined, "train", "val", "test"];

/** The original is used again for other lines. */
function copyOf(located: Located | undefined): Located | undefined {
  return planNumber(located);
}

/** `Saved checkpoint`, `Loaded model` without a prefix: such lines may have no digit. */
function startsLikeEvent(bytes: Uint8Array, start: number): boolean {
  return (bytes[start] === 0x53 && bytes[start + 1] === 0x61) || (bytes[start] === 0x4c && bytes[start + 1] === 0x6f);
}
