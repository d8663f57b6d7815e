import { addEpoch } from "../epoch.js";
import type { Framework } from "../framework.js";
import { metricName } from "../metric-name.js";
import { NUMBER, printedNumber } from "../number.js";
import type { Metric, ParsedItem, Parser, ParserOptions, Place, RunEvent, Series, ValueSink } from "../parser.js";
import { CaffeLines, isPrefixed } from "./caffe-lines.js";
import { ChunkWords } from "./chunk-words.js";
import { GlogReader, isPlace } from "./glog.js";
import { GlogClock } from "./glog-clock.js";
import { KnownLines } from "./known-lines.js";
import { OutputNames, type OutputSeries, outputSeries } from "./output-names.js";
import { type PlainLine, readIteration, readOutputValue, readPlainLine } from "./plain-lines.js";

/** The device that NVCaffe puts in front, `[0.0] Iteration 100 ...`, and in the test phase `(0.0)     Test net output ...`, `(0) ...`. */
const DEVICE = /^(?:\[[\d.\s-]+\]|\([\d.\s-]+\))\s*/;
/** `Iteration 100 (43.1 iter/s, 1.16s/50 iters), loss = 0.1`, `Iteration 100, lr = 0.01`, `Iteration 100, Testing net (#0)`. */
const ITERATION = /^Iteration (\d+)(?=[\s,(])(.*)$/s;
const TESTING = /^, Testing net(?: \(#(\d+)\))?/;
const LOSS = new RegExp(`[ ,](?:smoothed[ _])?loss = (${NUMBER})`);
const RATE = new RegExp(`[ ,]lr = (${NUMBER})`);
/** The name may hold anything, ` = ` too: the last number of the line is the value, but for the one of the loss weight. `mAP` is NVCaffe's, for detection nets. */
const OUTPUT = new RegExp(
  `^(Train|Test) net output (?:mAP )?#(\\d+): (.+) = (${NUMBER})(?: \\(\\* ${NUMBER} = ${NUMBER} loss\\))?\\s*$`,
  "s",
);
/** The same where other text has run into the end of the line. */
const OUTPUT_START = new RegExp(`^(Train|Test) net output (?:mAP )?#(\\d+): (.+?) = (${NUMBER})`, "s");
/** NVCaffe tells the epoch: `Iteration 120 (24.1 iter/s, 4.1s/100 iter), 1.6/16.2ep, loss = 0.5`. */
const EPOCH = /, ([\d.]+)\/[\d.]+ep,/;
/** `caffe test`: `Batch 45, accuracy = 0.9`, and behind the last batch the means: `Loss: 0.3`, `accuracy = 0.9`, `loss = 0.3 (* 1 = 0.3 loss)`. */
const TESTED_BATCH = new RegExp(`^Batch (\\d+), (.+) = (${NUMBER})\\s*$`, "s");
const TESTED_LOSS = new RegExp(`^Loss: (${NUMBER})\\s*$`);
const TESTED_MEAN = new RegExp(`^(\\S+) = (${NUMBER})(?: \\(\\* ${NUMBER} = ${NUMBER} loss\\))?\\s*$`);
/** Caffe of 2013 prints no output names. */
const SCORE = new RegExp(`^Test score #(\\d+): (${NUMBER})`);
/** With `test_compute_loss`. */
const TEST_LOSS = new RegExp(`^Test loss: (${NUMBER})`);
const SNAPSHOT = /^Snapshotting (?:solver state )?to (?:(?:binary proto|HDF5) file )?(\S.*?)\s*$/s;
const RESUME = /^(?:Resuming from|Restoring previous solver status from) (\S.*?)\s*$/s;
const FILE_ITERATION = /_iter_(\d+)(?!.*_iter_\d)/s;
const SURELY_CAFFE =
  /^(?:.*\d )?(?:(?:\w*solver|caffe|layer_factory|upgrade_proto)\.[chp]+:\d+\] |\s*(?:Train|Test) net output #\d+: |Iteration \d+, Testing net)|^F(?:\d{4})?\d{4} \d\d:/;

/** Of all streams whose trainer is not known yet: it remembers nothing but places in the chunk that it was asked about last. */
const FIRST_LOOK = new CaffeLines();

/** BVLC Caffe of any age and its forks (SSD, NVCaffe, Intel Caffe, Windows). */
export const caffe: Framework = {
  name: "caffe",
  create: (options) => new CaffeParser(options),
  mayTell: (bytes, start, end) => FIRST_LOOK.messageAt(bytes, start, end) >= 0,
  recognizes: (text) => SURELY_CAFFE.test(text),
  isOwn: isPrefixed,
};

const LOSS_SERIES: Series = { name: "loss" };
const RATE_SERIES: Series = { name: "lr" };

/** Line and time of a message. */
interface Said {
  line: number;
  timeMs: number | undefined;
}

class CaffeParser implements Parser {
  readonly framework = "caffe";
  readonly #options: ParserOptions;
  readonly #words = new ChunkWords();
  readonly #clock: GlogClock;
  readonly #glog: GlogReader;
  readonly #trainNames = new OutputNames("train");
  readonly #testNames = new OutputNames("test");
  readonly #place: Place = { step: 0, epoch: 0, batch: Number.NaN, total: Number.NaN, timeMs: 0, line: 0 };
  readonly #plain: PlainLine = { kind: "loss", number: 0, value: 0, nameStart: 0, nameEnd: 0, numberStart: 0 };
  readonly #lines = new CaffeLines();
  readonly #known = new KnownLines(this.#words);
  /** Net outputs carry no iteration: the line before a block of them does. */
  #trainStep: number | undefined;
  #testStep: number | undefined;
  #testNet: string | undefined;
  /** `caffe test` has printed a batch: its means follow. */
  #isTested = false;
  /** Caffe tells some events twice (`solver.cpp` and `caffe.cpp`): the last one, until a metric comes. */
  #lastEvent: Omit<RunEvent, "line"> | undefined;

  constructor(options: ParserOptions) {
    this.#options = options;
    this.#clock = new GlogClock(options.referenceTimeMs, this.#words);
    this.#glog = new GlogReader(this.#clock);
  }

  feedBytes(bytes: Uint8Array, start: number, end: number, line: number, into: ValueSink): boolean {
    const plain = this.#plain;
    const placeStart = start + this.#clock.stampBytes;
    const known = this.#known.find(bytes, placeStart, end);
    const series = known?.series;
    if (known !== undefined && (series === undefined || series.phase === "train" || series.labels.net === this.#testNet)) {
      const numberStart = placeStart + known.length;
      const isRead = series === undefined ? readIteration(bytes, numberStart, end, plain) : readOutputValue(bytes, numberStart, end, plain);
      if (isRead && this.#clock.readBytes(bytes, start)) {
        this.#known.passed(known);
        if (series !== undefined) plain.kind = series.phase;
        this.#take(series, line, into);
        return true;
      }
    }
    const body = this.#lines.messageAt(bytes, start, end);
    if (body < 0) return !this.#isTested;
    if (body === start || !readPlainLine(bytes, body, end, plain)) return false;
    if (!isPlace(bytes, placeStart, body) || !this.#clock.readBytes(bytes, start)) return false;
    const { kind, number, nameStart, nameEnd } = plain;
    let output: OutputSeries | undefined;
    if (kind === "train") output = this.#trainNames.find(number, undefined, bytes, nameStart, nameEnd);
    else if (kind === "test") output = this.#testNames.find(number, this.#testNet, bytes, nameStart, nameEnd);
    this.#known.learn(bytes, placeStart, plain.numberStart, output);
    this.#take(output, line, into);
    return true;
  }

  /** What a plain line says. */
  #take(series: OutputSeries | undefined, line: number, into: ValueSink): void {
    const { kind, number, value } = this.#plain;
    if (kind === "testing") {
      this.#testStep = number;
      this.#testNet = String(value);
      return;
    }
    if (kind === "loss") this.#trainStep = number;
    const place = this.#place;
    place.line = line;
    place.timeMs = this.#clock.lastMs;
    place.step = kind === "lr" ? number : ((kind === "test" ? this.#testStep : this.#trainStep) ?? Number.NaN);
    place.epoch = place.step / (this.#options.batchOfEpoch ?? Number.NaN);
    this.#lastEvent = undefined;
    into.add(series ?? (kind === "loss" ? LOSS_SERIES : RATE_SERIES), value, place);
  }

  feed(text: string, line: number): ParsedItem[] {
    const items: ParsedItem[] = [];
    this.#glog.read(text, (message, severity, timeMs) => {
      const body = message.trimStart();
      const said = { line, timeMs };
      if (severity === "F") this.#event({ event: "fatal", message: body.trimEnd() }, said, items);
      else this.#message(body.startsWith("[") || body.startsWith("(") ? body.replace(DEVICE, "") : body, said, items);
    });
    return items;
  }

  #message(body: string, said: Said, items: ParsedItem[]): void {
    if (body.startsWith("Iteration ")) this.#iteration(body, said, items);
    else if (body.startsWith("T")) this.#output(body, said, items);
    else if (!((this.#isTested || body.startsWith("Batch ")) && this.#tested(body, said, items))) this.#otherEvent(body, said, items);
  }

  /** @returns whether the line was one of `caffe test` */
  #tested(body: string, said: Said, items: ParsedItem[]): boolean {
    const [, batch, output = "", printed] = TESTED_BATCH.exec(body) ?? [];
    if (batch !== undefined) {
      this.#isTested = true;
      items.push({ ...this.#metric(metricName(output), printedNumber(printed as string), undefined, said), batch: Number(batch) });
      return true;
    }
    if (!this.#isTested) return false;
    const loss = TESTED_LOSS.exec(body)?.[1];
    const [, name = "loss", value = loss] = TESTED_MEAN.exec(body) ?? [];
    if (value !== undefined) items.push(this.#metric(metricName(name), printedNumber(value), undefined, said));
    return value !== undefined;
  }

  #iteration(body: string, said: Said, items: ParsedItem[]): void {
    const [, printed, rest = ""] = ITERATION.exec(body) ?? [];
    if (printed === undefined) return;
    const step = Number(printed);
    const testing = TESTING.exec(rest);
    if (testing !== null) {
      this.#testStep = step;
      this.#testNet = testing[1] && String(Number(testing[1]));
      return;
    }
    const loss = LOSS.exec(rest)?.[1];
    const rate = RATE.exec(rest)?.[1];
    const epoch = EPOCH.exec(rest)?.[1];
    const told = epoch === undefined ? {} : { epoch: Number(epoch) };
    if (loss !== undefined) {
      this.#trainStep = step;
      items.push({ ...this.#metric("loss", printedNumber(loss), step, said), ...told });
    }
    if (rate !== undefined) items.push({ ...this.#metric("lr", printedNumber(rate), step, said), ...told });
  }

  #output(body: string, said: Said, items: ParsedItem[]): void {
    const [, printed, output = "", name = "", value] = OUTPUT.exec(body) ?? OUTPUT_START.exec(body) ?? [];
    if (value === undefined) {
      this.#testResult(body, said, items);
      return;
    }
    const kind = printed === "Train" ? "train" : "test";
    const series = outputSeries(kind, name, Number(output), kind === "test" ? this.#testNet : undefined);
    items.push(this.#outputMetric(series, printedNumber(value), said));
  }

  #testResult(body: string, said: Said, items: ParsedItem[]): void {
    const score = SCORE.exec(body);
    const [name, value] = score === null ? ["test/loss", TEST_LOSS.exec(body)?.[1]] : [`test/score#${score[1]}`, score[2]];
    if (value === undefined) return;
    const metric = this.#metric(name, printedNumber(value), this.#testStep, said);
    metric.phase = "test";
    if (this.#testNet !== undefined) metric.labels = { net: this.#testNet };
    items.push(metric);
  }

  #otherEvent(body: string, said: Said, items: ParsedItem[]): void {
    const [, snapshot] = (body.startsWith("S") && SNAPSHOT.exec(body)) || [];
    const [, resume] = (body.startsWith("R") && RESUME.exec(body)) || [];
    if (snapshot !== undefined) this.#event({ event: "snapshot", ...fileFacts(snapshot) }, said, items);
    else if (resume !== undefined) this.#event({ event: "resume", ...fileFacts(resume) }, said, items);
    else if (body.startsWith("Optimization stopped early")) this.#event({ event: "stop" }, said, items);
    else if (body.startsWith("Optimization Done")) this.#event({ event: "end" }, said, items);
  }

  #outputMetric({ name, phase, labels }: OutputSeries, value: number, said: Said): Metric {
    const metric = this.#metric(name, value, phase === "train" ? this.#trainStep : this.#testStep, said);
    metric.phase = phase;
    metric.labels = labels;
    return metric;
  }

  #metric(name: string, value: number, step: number | undefined, { timeMs, line }: Said): Metric {
    this.#lastEvent = undefined;
    const metric: Metric = { name, value, line };
    if (step !== undefined) metric.step = step;
    if (timeMs !== undefined) metric.timeMs = timeMs;
    addEpoch(metric, this.#options);
    return metric;
  }

  #event(event: Omit<RunEvent, "line">, { line, timeMs }: Said, items: ParsedItem[]): void {
    const last = this.#lastEvent;
    if (last !== undefined && last.event === event.event && last.file === event.file && last.message === event.message) return;
    this.#lastEvent = event;
    items.push(timeMs === undefined ? { ...event, line } : { ...event, timeMs, line });
  }
}

function fileFacts(file: string): { step?: number; file: string } {
  const step = FILE_ITERATION.exec(file)?.[1];
  return step === undefined ? { file } : { step: Number(step), file };
}
