import { epochOf } from "../epoch.js";
import type { Framework } from "../framework.js";
import { metricName } from "../metric-name.js";
import { NUMBER, printedNumber } from "../number.js";
import type { Metric, ParsedItem, Parser, ParserOptions, RunEvent } from "../parser.js";
import { type GlogMessage, GlogReader } from "./glog.js";
import { mayTellCaffe } from "./may-tell.js";

/** Indentation, and the device that NVCaffe puts in front on several GPUs: `[0.0] Iteration 100 ...`. */
const LEADING = /^\s*(?:\[[\d.\s-]+\]\s*)?/;
/** `Iteration 100 (43.1 iter/s, 1.16s/50 iters), loss = 0.1`, `Iteration 100, lr = 0.01`, `Iteration 100, Testing net (#0)`. */
const ITERATION = /^Iteration (\d+)(?=[\s,(])(.*)$/s;
const TESTING = /^, Testing net(?: \(#(\d+)\))?/;
const LOSS = new RegExp(`[ ,](?:smoothed[ _])?loss = (${NUMBER})`);
const RATE = new RegExp(`[ ,]lr = (${NUMBER})`);
/** The name may hold anything, ` = ` too: the last number of the line is the value, but for the one of the loss weight. */
const OUTPUT = new RegExp(`^(Train|Test) net output #(\\d+): (.+) = (${NUMBER})(?: \\(\\* ${NUMBER} = ${NUMBER} loss\\))?\\s*$`, "s");
/** The same where other text has run into the end of the line. */
const OUTPUT_START = new RegExp(`^(Train|Test) net output #(\\d+): (.+?) = (${NUMBER})`, "s");
/** Caffe of 2013 prints no output names. */
const SCORE = new RegExp(`^Test score #(\\d+): (${NUMBER})`);
/** With `test_compute_loss`. */
const TEST_LOSS = new RegExp(`^Test loss: (${NUMBER})`);
const SNAPSHOT = /^Snapshotting (?:solver state )?to (?:(?:binary proto|HDF5) file )?(\S.*?)\s*$/s;
const RESUME = /^(?:Resuming from|Restoring previous solver status from) (\S.*?)\s*$/s;
/** NVCaffe adds the time: `Optimization Done in 2m 3s`. */
const END = /^Optimization Done/;
const STOP = /^Optimization stopped early/;
const FILE_ITERATION = /_iter_(\d+)(?!.*_iter_\d)/s;
/** Names of outputs are few and come with every display; beyond this many they are odd ones out of broken lines. */
const NAMES_KEPT = 1000;

const SURELY_CAFFE =
  /^(?:.*\d )?(?:(?:\w*solver|caffe|layer_factory|upgrade_proto)\.[chp]+:\d+\] |\s*(?:Train|Test) net output #\d+: |Iteration \d+, Testing net)|^F(?:\d{4})?\d{4} \d\d:/;

/** BVLC Caffe of any age and its forks (SSD, NVCaffe, Intel Caffe, Windows). */
export const caffe: Framework = {
  name: "caffe",
  create: (options) => new CaffeParser(options),
  recognizes: (text) => SURELY_CAFFE.test(text),
};

class CaffeParser implements Parser {
  readonly #options: ParserOptions;
  readonly #glog: GlogReader;
  readonly #names = new Map<string, string>();
  /** Net outputs carry no iteration: the line before a block of them does. */
  #trainStep: number | undefined;
  #testStep: number | undefined;
  #testNet: string | undefined;
  /** Caffe tells some events twice (`solver.cpp` and `caffe.cpp`): the last one, until a metric comes. */
  #lastEvent = "";

  constructor(options: ParserOptions) {
    this.#options = options;
    this.#glog = new GlogReader(options.referenceTimeMs);
  }

  mayTell(bytes: Uint8Array, start: number, end: number): boolean {
    return mayTellCaffe(bytes, start, end);
  }

  feed(text: string, line: number): ParsedItem[] {
    const items: ParsedItem[] = [];
    for (const message of this.#glog.read(text)) this.#read(message, line, items);
    return items;
  }

  #read(message: GlogMessage, line: number, items: ParsedItem[]): void {
    const body = message.body.replace(LEADING, "");
    const at = message.timeMs === undefined ? { line } : { timeMs: message.timeMs, line };
    if (message.severity === "F") this.#event({ event: "fatal", message: body.trimEnd(), ...at }, items);
    else if (body.startsWith("Iteration ")) this.#iteration(body, at, items);
    else if (body.startsWith("T")) this.#output(body, at, items);
    else this.#otherEvent(body, at, items);
  }

  #iteration(body: string, at: { line: number }, items: ParsedItem[]): void {
    const [, printed, rest = ""] = ITERATION.exec(body) ?? [];
    if (printed === undefined) return;
    const step = Number(printed);
    const testing = TESTING.exec(rest);
    if (testing !== null) {
      this.#testStep = step;
      this.#testNet = testing[1];
      return;
    }
    const loss = LOSS.exec(rest);
    if (loss !== null) {
      this.#trainStep = step;
      this.#metric("loss", loss[1] as string, step, at, items);
    }
    const rate = RATE.exec(rest);
    if (rate !== null) this.#metric("lr", rate[1] as string, step, at, items);
  }

  #output(body: string, at: { line: number }, items: ParsedItem[]): void {
    const [, phase, output, name, value] = OUTPUT.exec(body) ?? OUTPUT_START.exec(body) ?? [];
    const net = this.#testNet === undefined ? {} : { net: this.#testNet };
    const test = { phase: "test", labels: net, ...at } as const;
    if (value !== undefined) {
      if (phase === "Train") {
        const place = { phase: "train", labels: { output: output as string }, ...at } as const;
        this.#metric(this.#name("train/", name as string), value, this.#trainStep, place, items);
      } else {
        const place = { ...test, labels: { ...net, output: output as string } };
        this.#metric(this.#name("test/", name as string), value, this.#testStep, place, items);
      }
      return;
    }
    const score = SCORE.exec(body);
    if (score !== null) this.#metric(`test/score#${score[1]}`, score[2] as string, this.#testStep, test, items);
    const loss = TEST_LOSS.exec(body);
    if (loss !== null) this.#metric("test/loss", loss[1] as string, this.#testStep, test, items);
  }

  #otherEvent(body: string, at: { line: number }, items: ParsedItem[]): void {
    const snapshot = SNAPSHOT.exec(body)?.[1];
    const resume = RESUME.exec(body)?.[1];
    if (snapshot !== undefined) this.#event({ event: "snapshot", ...fileFacts(snapshot), ...at }, items);
    else if (resume !== undefined) this.#event({ event: "resume", ...fileFacts(resume), ...at }, items);
    else if (STOP.test(body)) this.#event({ event: "stop", ...at }, items);
    else if (END.test(body)) this.#event({ event: "end", ...at }, items);
  }

  #metric(
    name: string,
    printed: string,
    step: number | undefined,
    place: Pick<Metric, "line" | "timeMs" | "phase" | "labels">,
    items: ParsedItem[],
  ): void {
    this.#lastEvent = "";
    const counters = step === undefined ? {} : { step, ...epochOf(step, this.#options) };
    items.push({ name, value: printedNumber(printed), ...counters, ...place });
  }

  #event(event: RunEvent, items: ParsedItem[]): void {
    const facts = JSON.stringify([event.event, event.file, event.message]);
    if (facts === this.#lastEvent) return;
    this.#lastEvent = facts;
    items.push(event);
  }

  #name(prefix: string, printed: string): string {
    const key = prefix + printed;
    let name = this.#names.get(key);
    if (name === undefined) {
      name = prefix + metricName(printed);
      if (this.#names.size < NAMES_KEPT) this.#names.set(key, name);
    }
    return name;
  }
}

function fileFacts(file: string): { step?: number; file: string } {
  const step = FILE_ITERATION.exec(file)?.[1];
  return step === undefined ? { file } : { step: Number(step), file };
}
