import type { Cursor, ParserOptions, Place, Series, ValueSink } from "../parser.js";
import { ChunkWords } from "./chunk-words.js";
import { isPlace } from "./glog.js";
import { GlogClock } from "./glog-clock.js";
import { KnownLines } from "./known-lines.js";
import type { LogState } from "./log-state.js";
import { OutputNames, type OutputSeries } from "./output-names.js";
import { type PlainLine, readIteration, readOutputValue, readPlainLine } from "./plain-lines.js";

const NEWLINE = 0x0a;
const LOSS_SERIES: Series = { name: "loss" };
const RATE_SERIES: Series = { name: "lr" };

/** Reads plain lines from their bytes into columns: nearly all of a log's metrics. */
export class PlainReader {
  /** Time of the line that was read last, which lines that are read from their text follow. */
  readonly clock: GlogClock;
  readonly #batchOfEpoch: number;
  readonly #state: LogState;
  readonly #known: KnownLines;
  readonly #trainNames = new OutputNames("train");
  readonly #testNames = new OutputNames("test");
  readonly #place: Place = { step: 0, epoch: 0, batch: Number.NaN, total: Number.NaN, timeMs: 0, line: 0 };
  readonly #plain: PlainLine = { kind: "loss", number: 0, value: 0, nameStart: 0, nameEnd: 0, numberStart: 0 };

  /**
   * @param options - of the parser
   * @param state - of the log; changed by the line
   */
  constructor({ referenceTimeMs, batchOfEpoch = Number.NaN }: ParserOptions, state: LogState) {
    const words = new ChunkWords();
    this.clock = new GlogClock(referenceTimeMs, words);
    this.#known = new KnownLines(words);
    this.#batchOfEpoch = batchOfEpoch;
    this.#state = state;
  }

  /** Reads lines that come in the order of those before, as many as do. Parameters as of `Parser.feedAhead`. */
  readAhead(bytes: Uint8Array, cursor: Cursor, end: number, into: ValueSink): void {
    for (;;) {
      const start = cursor.at;
      const placeStart = start + this.clock.stampBytes;
      const known = this.#known.find(bytes, placeStart, end);
      if (known === undefined) return;
      const { series } = known;
      const plain = this.#plain;
      const numberStart = placeStart + known.length;
      if (series?.phase === "test" && series.labels["net"] !== this.#state.testNet) return;
      const at = series === undefined ? readIteration(bytes, numberStart, end, plain) : readOutputValue(bytes, numberStart, end, plain);
      if (at < 0 || at >= end || bytes[at] !== NEWLINE || !this.clock.readBytes(bytes, start)) return;
      this.#known.passed(known);
      if (series !== undefined) plain.kind = series.phase;
      this.#take(series, cursor.line, into);
      cursor.at = at + 1;
      cursor.line += 1;
    }
  }

  /**
   * Reads a line from its message on. Parameters as of `Parser.feedBytes`.
   *
   * @param body - where the message starts
   * @returns false for a line that is not plain
   */
  readFrom(body: number, bytes: Uint8Array, start: number, end: number, line: number, into: ValueSink): boolean {
    const plain = this.#plain;
    if (body === start || readPlainLine(bytes, body, end, plain) !== end) return false;
    const placeStart = start + this.clock.stampBytes;
    if (!isPlace(bytes, placeStart, body) || !this.clock.readBytes(bytes, start)) return false;
    const { kind, number, nameStart, nameEnd } = plain;
    let output: OutputSeries | undefined;
    if (kind === "train") output = this.#trainNames.find(number, undefined, bytes, nameStart, nameEnd);
    else if (kind === "test") output = this.#testNames.find(number, this.#state.testNet, bytes, nameStart, nameEnd);
    this.#known.learn(bytes, placeStart, plain.numberStart, output);
    this.#take(output, line, into);
    return true;
  }

  #take(series: OutputSeries | undefined, line: number, into: ValueSink): void {
    const state = this.#state;
    const { kind, number, value } = this.#plain;
    if (kind === "testing") {
      state.testStep = number;
      state.testNet = String(value);
      return;
    }
    if (kind === "loss") state.trainStep = number;
    state.lastEvent = undefined;
    const place = this.#place;
    place.line = line;
    place.timeMs = this.clock.lastMs;
    place.step = kind === "lr" ? number : ((kind === "test" ? state.testStep : state.trainStep) ?? Number.NaN);
    place.epoch = place.step / this.#batchOfEpoch;
    into.add(series ?? (kind === "loss" ? LOSS_SERIES : RATE_SERIES), value, place);
  }
}
