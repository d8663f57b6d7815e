import type { LogStream } from "ava-protocol";
import type { Recorder } from "../journal/recorder.js";
import { MetricReader, type ParserProblem } from "../parsers/metric-reader.js";
import type { NamedParser } from "../parsers/registry.js";
import { type ItemListener, ItemRecorder } from "./item-recorder.js";

/** Longest tail of a stream that is kept to say how the run ended. */
const TAIL_BYTES = 4096;
/** Longest message made of it. */
const MESSAGE_CHARS = 500;

/** Records one output stream of a child: its text, and the metrics and events that parsers find in it. */
export class StreamRecorder {
  private readonly stream: LogStream;
  private readonly recorder: Recorder;
  private readonly reader: MetricReader;
  private readonly items: ItemRecorder;
  private tail: Uint8Array = new Uint8Array();

  /**
   * @param stream - which stream
   * @param recorder - journal of the run
   * @param parsers - fresh ones, for this stream
   * @param onProblem - told when a parser is disabled
   * @param listener - told of events and steps
   * @param batchOfEpoch - batches per epoch, where the user gave it
   */
  constructor(
    stream: LogStream,
    recorder: Recorder,
    parsers: readonly NamedParser[],
    onProblem: (problem: ParserProblem) => void,
    listener?: ItemListener,
    batchOfEpoch?: number,
  ) {
    this.stream = stream;
    this.recorder = recorder;
    this.items = new ItemRecorder(recorder, listener, batchOfEpoch);
    this.reader = new MetricReader(parsers, onProblem);
  }

  /** Message of the last FATAL line. */
  get fatal(): string | undefined {
    return this.items.fatal;
  }

  /** @param chunk - next bytes; they and what they tell are in the journal when this returns */
  write(chunk: Uint8Array): void {
    this.tail = chunk.length >= TAIL_BYTES ? chunk.slice(-TAIL_BYTES) : Buffer.concat([this.tail, chunk]).subarray(-TAIL_BYTES);
    const items = this.reader.write(chunk);
    this.recorder.batch(() => {
      // Points first: a kill within the write may cut it short, and no line of the log is to lack its metrics.
      this.items.record(items);
      this.recorder.log(this.stream, chunk);
    });
  }

  /** The stream has ended. @param isCut - its writer was killed, maybe within a number */
  end(isCut: boolean): void {
    this.items.record(this.reader.end(isCut));
  }

  /** @returns the last line that is not blank */
  lastLine(): string | undefined {
    const lines = Buffer.from(this.tail)
      .toString("utf8")
      .split(/[\r\n]+/);
    return lines
      .findLast((line) => line.trim() !== "")
      ?.trim()
      .slice(0, MESSAGE_CHARS);
  }
}
