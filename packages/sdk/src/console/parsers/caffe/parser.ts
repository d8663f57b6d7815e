import { addEpoch } from "../epoch.js";
import type { Framework } from "../framework.js";
import type { Cursor, Metric, ParsedItem, Parser, ParserOptions, RunEvent, ValueSink } from "../parser.js";
import { CaffeLines, isPrefixed, opensDump } from "./caffe-lines.js";
import { eventOf, isSignal } from "./event-lines.js";
import { GlogReader } from "./glog.js";
import type { LogState } from "./log-state.js";
import { PlainReader } from "./plain-reader.js";
import { readSolverLine } from "./solver-lines.js";
import { ToolLines } from "./tool-lines.js";

/** The device that NVCaffe puts in front, `[0.0] Iteration 100 ...`, and in the test phase `(0.0)     Test net output ...`, `(0) ...`. */
const DEVICE = /^(?:\[[\d.\s-]+\]|\([\d.\s-]+\))\s*/;
const SURELY_CAFFE =
  /^(?:.*\d )?(?:(?:\w*solver|caffe|layer_factory|upgrade_proto)\.[chp]+:\d+\] |\s*(?:Train|Test) net output #\d+: |Iteration \d+, Testing net)|^F(?:\d{4})?\d{4} \d\d:/;

/** Of all streams whose trainer is not known yet: it remembers nothing but places in the chunk that it was asked about last. */
const FIRST_LOOK = new CaffeLines();

/** BVLC Caffe of any age and its forks (SSD, NVCaffe, Intel Caffe, Windows, py-faster-rcnn), and the tools `caffe test` and `caffe time`. */
export const caffe: Framework = {
  name: "caffe",
  create: (options) => new CaffeParser(options),
  mayTell: (bytes, start, end) => FIRST_LOOK.messageAt(bytes, start, end) >= 0,
  recognizes: (text) => SURELY_CAFFE.test(text),
};

type UnplacedItem = Omit<Metric, "line"> | Omit<RunEvent, "line">;

class CaffeParser implements Parser {
  readonly framework = "caffe";
  readonly #options: ParserOptions;
  readonly #state: LogState = { trainStep: undefined, testStep: undefined, testNet: undefined, lastEvent: undefined };
  readonly #lines = new CaffeLines();
  readonly #tools = new ToolLines();
  readonly #plain: PlainReader;
  readonly #glog: GlogReader;
  /** The lines without a prefix that follow are a net or a solver, as text. */
  #isInDump = false;

  constructor(options: ParserOptions) {
    this.#options = options;
    this.#plain = new PlainReader(options, this.#state);
    this.#glog = new GlogReader(this.#plain.clock);
  }

  isOwn(bytes: Uint8Array, start: number, end: number): boolean {
    if (!isPrefixed(bytes, start)) return this.#isInDump;
    this.#isInDump = opensDump(bytes, end);
    return true;
  }

  feedAhead(bytes: Uint8Array, cursor: Cursor, end: number, into: ValueSink): void {
    let at: number;
    do {
      at = cursor.at;
      this.#plain.readAhead(bytes, cursor, end, into);
      if (this.#tools.isAtWork) return;
      this.#isInDump = this.#lines.passOver(bytes, cursor, end, this.#isInDump && cursor.at === at);
    } while (cursor.at > at);
  }

  feedBytes(bytes: Uint8Array, start: number, end: number, line: number, into: ValueSink): boolean {
    const body = this.#lines.messageAt(bytes, start, end);
    return body < 0 ? !this.#tools.isAtWork : this.#plain.readFrom(body, bytes, start, end, line, into);
  }

  /** As an array of its own: what is remembered of a chunk is true only until other bytes are written there. */
  feedFrame(bytes: Uint8Array, start: number, end: number, line: number, into: ValueSink): boolean {
    return this.feedBytes(bytes.subarray(start, end), 0, end - start, line, into);
  }

  feed(text: string, line: number): ParsedItem[] {
    const items: ParsedItem[] = [];
    this.#glog.read(text, (message, severity, timeMs) => {
      const body = message.trimStart();
      const found: readonly UnplacedItem[] = severity === "F" ? [{ event: "fatal", message: body.trimEnd() }] : this.#message(body);
      for (const item of found) {
        if ("event" in item) {
          if (this.#isRepeated(item)) continue;
        } else this.#state.lastEvent = undefined;
        const told = item as ParsedItem;
        told.line = line;
        if (timeMs !== undefined) told.timeMs = timeMs;
        if ("name" in told) addEpoch(told, this.#options);
        items.push(told);
      }
    });
    return items;
  }

  #message(body: string): readonly UnplacedItem[] {
    const bare = body.startsWith("[") || body.startsWith("(") ? body.replace(DEVICE, "") : body;
    const event = eventOf(bare);
    if (event !== undefined) return [event];
    const ofTool = this.#tools.read(bare);
    return ofTool === undefined ? readSolverLine(bare, this.#state) : [ofTool];
  }

  /** The signal that ends a program after its fatal message is told by that message already. */
  #isRepeated(event: Omit<RunEvent, "line">): boolean {
    const last = this.#state.lastEvent;
    if (last?.event === event.event && (isSignal(event) || (last.file === event.file && last.message === event.message))) return true;
    this.#state.lastEvent = event;
    return false;
  }
}
