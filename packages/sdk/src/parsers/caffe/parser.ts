import { addEpoch } from "../epoch.js";
import type { Framework } from "../framework.js";
import { metricName } from "../metric-name.js";
import { NUMBER, printedNumber } from "../number.js";
import type { Metric, ParsedItem, Parser, ParserOptions, RunEvent } from "../parser.js";
import { GlogReader } from "./glog.js";
import { mayTellCaffe } from "./may-tell.js";

/** The device that NVCaffe puts in front on several GPUs: `[0.0] Iteration 100 ...`. */
const DEVICE = /^\[[\d.\s-]+\]\s*/;
/** `Iteration 100 (43.1 iter/s, 1.16s/50 iters), loss = 0.1` or `Iteration 100, lr = 0.01` and nothing else: nearly every line. */
const LOSS_OR_RATE = new RegExp(`^Iteration (\\d+)(?: \\([^)]*\\))?, (loss|lr) = (${NUMBER})$`);
/** Any other, such as `Iteration 100, Testing net (#0)`. */
const ITERATION = /^Iteration (\d+)(?=[\s,(])(.*)$/s;
const TESTING = /^, Testing net(?: \(#(\d+)\))?/;
const LOSS = new RegExp(`[ ,](?:smoothed[ _])?loss = (${NUMBER})`);
const RATE = new RegExp(`[ ,]lr = (${NUMBER})`);
const WEIGHT = `(?: \\(\\* ${NUMBER} = ${NUMBER} loss\\))?`;
/** The name may hold anything, ` = ` too: the last number of the line is the value, but for the one of the loss weight. */
const OUTPUT = new RegExp(`^(Train|Test) net output #(\\d+): (.+) = (${NUMBER})${WEIGHT}\\s*$`, "s");
/** The same for a name without `=`, without backtracking. */
const PLAIN_OUTPUT = new RegExp(`^(Train|Test) net output #(\\d+): ([^=]+) = (${NUMBER})${WEIGHT}$`);
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

/** Where a metric stands. */
interface Place {
  line: number;
  timeMs: number | undefined;
}

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
    this.#glog.read(text, (message, severity, timeMs) => {
      const body = message.trimStart();
      const place = { line, timeMs };
      if (severity === "F") this.#event({ event: "fatal", message: body.trimEnd() }, place, items);
      else this.#message(body.startsWith("[") ? body.replace(DEVICE, "") : body, place, items);
    });
    return items;
  }

  #message(body: string, place: Place, items: ParsedItem[]): void {
    if (body.startsWith("Iteration ")) this.#iteration(body, place, items);
    else if (body.startsWith("T")) this.#output(body, place, items);
    else this.#otherEvent(body, place, items);
  }

  #iteration(body: string, place: Place, items: ParsedItem[]): void {
    const plain = LOSS_OR_RATE.exec(body);
    const [, printed, rest = ""] = plain ?? ITERATION.exec(body) ?? [];
    if (printed === undefined) return;
    const step = Number(printed);
    const testing = TESTING.exec(rest);
    if (testing !== null) {
      this.#testStep = step;
      this.#testNet = testing[1];
      return;
    }
    const loss = plain === null ? LOSS.exec(rest)?.[1] : rest === "loss" ? plain[3] : undefined;
    const rate = plain === null ? RATE.exec(rest)?.[1] : rest === "lr" ? plain[3] : undefined;
    if (loss !== undefined) {
      this.#trainStep = step;
      items.push(this.#metric("loss", loss, step, place));
    }
    if (rate !== undefined) items.push(this.#metric("lr", rate, step, place));
  }

  #output(body: string, place: Place, items: ParsedItem[]): void {
    const [, phase, output = "", name = "", value] = PLAIN_OUTPUT.exec(body) ?? OUTPUT.exec(body) ?? OUTPUT_START.exec(body) ?? [];
    if (value === undefined) {
      this.#testResult(body, place, items);
    } else if (phase === "Train") {
      const metric = this.#metric(this.#name("train/", name), value, this.#trainStep, place);
      metric.phase = "train";
      metric.labels = { output };
      items.push(metric);
    } else {
      const metric = this.#metric(this.#name("test/", name), value, this.#testStep, place);
      metric.phase = "test";
      metric.labels = this.#testNet === undefined ? { output } : { net: this.#testNet, output };
      items.push(metric);
    }
  }

  #testResult(body: string, place: Place, items: ParsedItem[]): void {
    const score = SCORE.exec(body);
    const [name, value] = score === null ? ["test/loss", TEST_LOSS.exec(body)?.[1]] : [`test/score#${score[1]}`, score[2]];
    if (value === undefined) return;
    const metric = this.#metric(name, value, this.#testStep, place);
    metric.phase = "test";
    if (this.#testNet !== undefined) metric.labels = { net: this.#testNet };
    items.push(metric);
  }

  #otherEvent(body: string, place: Place, items: ParsedItem[]): void {
    const snapshot = SNAPSHOT.exec(body)?.[1];
    const resume = RESUME.exec(body)?.[1];
    if (snapshot !== undefined) this.#event({ event: "snapshot", ...fileFacts(snapshot) }, place, items);
    else if (resume !== undefined) this.#event({ event: "resume", ...fileFacts(resume) }, place, items);
    else if (STOP.test(body)) this.#event({ event: "stop" }, place, items);
    else if (END.test(body)) this.#event({ event: "end" }, place, items);
  }

  #metric(name: string, printed: string, step: number | undefined, { line, timeMs }: Place): Metric {
    this.#lastEvent = "";
    const metric: Metric = { name, value: printedNumber(printed), line };
    if (step !== undefined) metric.step = step;
    if (timeMs !== undefined) metric.timeMs = timeMs;
    addEpoch(metric, this.#options);
    return metric;
  }

  #event(event: Omit<RunEvent, "line">, { line, timeMs }: Place, items: ParsedItem[]): void {
    const facts = JSON.stringify(event);
    if (facts === this.#lastEvent) return;
    this.#lastEvent = facts;
    items.push(timeMs === undefined ? { ...event, line } : { ...event, timeMs, line });
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
