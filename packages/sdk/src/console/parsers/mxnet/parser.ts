import { addEpoch } from "../epoch.js";
import type { Framework } from "../framework.js";
import { accept } from "../generic/accept.js";
import { nameValues } from "../generic/name-values.js";
import { phaseOfSet } from "../generic/phase.js";
import { readLine } from "../generic/read-line.js";
import { metricName } from "../metric-name.js";
import { NUMBER, printedNumber } from "../number.js";
import type { Metric, ParsedItem, Parser, ParserOptions, Phase, RunEvent } from "../parser.js";
import { headOf } from "./head.js";
import { type Message, messageOf } from "./message.js";

/** Longer lines are dumps. */
const MOST_CHARS = 8192;
/** `Update[92575]: Change learning rate to 1.00000e-02`, `Adjust learning rate to 1.0e-02 for epoch 30` */
const UPDATE = new RegExp(`^Update\\[(\\d+)\\]: (?:Change learning rate to|now learning rate arrived at) (${NUMBER})`);
const ADJUST = new RegExp(`^Adjust learning rate to (${NUMBER}) for epoch (\\d+)`);
/** InsightFace: `lr-batch-epoch: 0.1 999 0`, `[lfw][2000]Accuracy-Flip: 0.98767+-0.0056`, `[lfw][2000]XNorm: 11.366` */
const RATE = new RegExp(`^lr-batch-epoch: (${NUMBER}) (\\d+) (\\d+)\\s*$`);
const VERIFIED = new RegExp(`^\\[(\\w+)\\]\\[(\\d+)\\]([A-Za-z][\\w-]*): (${NUMBER})(?:\\+-(${NUMBER}))?\\s*$`);
const SAVED = /^Saved (?:checkpoint|optimizer states?) to "(.+)"/;
const LOADED = /^Loaded model (\S+\.params)/;
/** `[Epoch 0] Validation:` with the scores of the classes on lines of their own behind it. */
const BLOCK = /^\s*([A-Za-z]+):\s*$/;
const SCORE = new RegExp(`^\\s*([\\w .-]*[A-Za-z][\\w .-]*)=\\s*(${NUMBER})\\s*$`);
/** Counters of Sockeye's checkpoints, which are metrics of other trainers. */
const COUNTED = new Set(["samples", "updates"]);
const SURELY_MXNET =
  /^(?:.*[\s\]:])?(?:(?:Epoch|Iter) ?\[\d+\] (?:Batch ?\[\d|Train-|Validation-|Time cost=|Resetting Data Iterator)|Update\[\d+\]: (?:Change|now) learning rate|Node\[\d+\] |lr-batch-epoch: \d|\[\w+\]\[\d+\](?:XNorm|Accuracy-Flip): |\[Epoch \d+(?:\]\[| )Batch \d)|^\[[^\]]*\bsockeye\.\w+/;

/** MXNet's `Module.fit` and Speedometer of every version, Gluon's toolkits (CV, NLP, estimators) and Sockeye 1. */
export const mxnet: Framework = {
  name: "mxnet",
  create: (options) => new MxnetParser(options),
  recognizes: (text) => text.length <= MOST_CHARS && SURELY_MXNET.test(text),
};

class MxnetParser implements Parser {
  readonly framework = "mxnet";
  readonly #options: ParserOptions;
  /** Of the scores whose heading came last. */
  #block: { epoch: number | undefined; phase: Phase | undefined } | undefined;
  /** Sockeye counts updates on the first line of a checkpoint; the lines behind it have none of their own. */
  #checkpoint: { step?: number; epoch?: number } = {};

  constructor(options: ParserOptions) {
    this.#options = options;
  }

  feed(text: string, line: number): ParsedItem[] {
    if (text.length > MOST_CHARS) return [];
    const message = messageOf(text);
    const event = eventOf(message, line);
    if (event !== undefined) return [event];
    const metrics = this.#metrics(message.text, line);
    for (const metric of metrics) {
      if (message.timeMs !== undefined) metric.timeMs = message.timeMs;
      if (message.rank !== undefined) metric.labels = { rank: message.rank };
      addEpoch(metric, this.#options);
    }
    return metrics;
  }

  #metrics(message: string, line: number): Metric[] {
    const head = headOf(message);
    if (head === undefined) return learningRate(message, line) ?? verified(message, line) ?? this.#score(message, line);
    const rest = message.slice(head.end);
    const { epoch, batch, total } = head;
    const heading = BLOCK.exec(rest)?.[1];
    this.#block = heading === undefined ? undefined : { epoch, phase: phaseOfSet(heading) };
    const reading = readLine(rest);
    // The head says where the line stands: its pairs need no other proof.
    reading.evidence = "named";
    const values = accept(reading, nameValues(reading), { isUnderWay: true, isInBlock: false, isBelowMetric: false });
    const isCheckpoint = epoch === undefined && batch === undefined;
    if (isCheckpoint && reading.counters.step !== undefined) {
      this.#checkpoint = { step: reading.counters.step.value };
      if (reading.counters.epoch !== undefined) this.#checkpoint.epoch = reading.counters.epoch.value;
    }
    const place = {
      ...(isCheckpoint ? this.#checkpoint : {}),
      ...(epoch === undefined ? {} : { epoch }),
      ...(batch === undefined ? {} : { batch }),
      ...(total === undefined ? {} : { total }),
    };
    return values
      .filter(({ name }) => !COUNTED.has(name))
      .map(({ name, pair, phase }) => ({ name, value: pair.value, ...place, ...(phase === undefined ? {} : { phase }), line }));
  }

  /** `aeroplane=0.080252` below `[Epoch 0] Validation:`. */
  #score(message: string, line: number): Metric[] {
    const block = this.#block;
    const [, name, printed] = SCORE.exec(message) ?? [];
    if (block === undefined || name === undefined || printed === undefined) {
      this.#block = undefined;
      return [];
    }
    const { epoch, phase } = block;
    const place = { ...(epoch === undefined ? {} : { epoch }), ...(phase === undefined ? {} : { phase }), line };
    return [{ name: metricName(name), value: printedNumber(printed), ...place }];
  }
}

function learningRate(message: string, line: number): Metric[] | undefined {
  const [, step, rate] = UPDATE.exec(message) ?? [];
  if (rate !== undefined) return [{ name: "learning_rate", value: printedNumber(rate), step: Number(step), line }];
  const [, adjusted, epoch] = ADJUST.exec(message) ?? [];
  if (adjusted !== undefined) return [{ name: "learning_rate", value: printedNumber(adjusted), epoch: Number(epoch), line }];
  const [, ofBatch, batch, its] = RATE.exec(message) ?? [];
  return ofBatch === undefined
    ? undefined
    : [{ name: "lr", value: printedNumber(ofBatch), epoch: Number(its), batch: Number(batch), line }];
}

function verified(message: string, line: number): Metric[] | undefined {
  const [, set, step, key, value, deviation] = VERIFIED.exec(message) ?? [];
  if (set === undefined || key === undefined || value === undefined) return undefined;
  const name = `${metricName(set)}/${metricName(key)}`;
  const metrics: Metric[] = [{ name, value: printedNumber(value), step: Number(step), line }];
  if (deviation !== undefined) metrics.push({ name: `${name}/std`, value: printedNumber(deviation), step: Number(step), line });
  return metrics;
}

function eventOf({ text, timeMs }: Message, line: number): RunEvent | undefined {
  const saved = SAVED.exec(text)?.[1];
  const file = saved ?? LOADED.exec(text)?.[1];
  if (file === undefined) return undefined;
  return { event: saved === undefined ? "resume" : "snapshot", file, ...(timeMs === undefined ? {} : { timeMs }), line };
}
