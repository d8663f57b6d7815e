import type { LogStream } from "ava-protocol";
import type { Recorder } from "../journal/recorder.js";
import { MetricReader, type ParserProblem } from "../parsers/metric-reader.js";
import type { Metric, ParsedItem, RunEvent } from "../parsers/parser.js";
import type { NamedParser } from "../parsers/registry.js";

/** Longest tail of a stream that is kept to say how the run ended. */
const TAIL_BYTES = 4096;
/** Longest message made of it. */
const MESSAGE_CHARS = 500;

/** Records one output stream of a child: its text, and the metrics and events that parsers find in it. */
export class StreamRecorder {
  /** Message of the last FATAL line. */
  fatal: string | undefined;
  private readonly stream: LogStream;
  private readonly recorder: Recorder;
  private readonly reader: MetricReader;
  private readonly counts = new Map<string, number>();
  private tail: Uint8Array = new Uint8Array();

  /**
   * @param stream - which stream
   * @param recorder - journal of the run
   * @param parsers - fresh ones, for this stream
   * @param onProblem - told when a parser is disabled
   */
  constructor(stream: LogStream, recorder: Recorder, parsers: readonly NamedParser[], onProblem: (problem: ParserProblem) => void) {
    this.stream = stream;
    this.recorder = recorder;
    this.reader = new MetricReader(parsers, onProblem);
  }

  /** @param chunk - next bytes; they and what they tell are in the journal when this returns */
  write(chunk: Uint8Array): void {
    this.tail = chunk.length >= TAIL_BYTES ? chunk.slice(-TAIL_BYTES) : Buffer.concat([this.tail, chunk]).subarray(-TAIL_BYTES);
    const items = this.reader.write(chunk);
    this.recorder.batch(() => {
      this.recorder.log(this.stream, chunk);
      this.record(items);
    });
  }

  /** The stream has ended. */
  end(): void {
    this.record(this.reader.end());
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

  private record(items: ParsedItem[]): void {
    for (const item of items) {
      if ("event" in item) this.recordEvent(item);
      else this.recordMetric(item);
    }
  }

  private recordEvent({ event, step, file, message, timeMs }: RunEvent): void {
    if (event === "fatal" && message !== undefined) this.fatal = message;
    this.recorder.event({
      event,
      ...(timeMs === undefined ? {} : { timeNs: String(BigInt(Math.round(timeMs * 1000)) * 1000n) }),
      ...(step === undefined ? {} : { step }),
      ...(file === undefined ? {} : { file }),
      ...(message === undefined ? {} : { message }),
    });
  }

  private recordMetric({ name, value, step, batch, epoch, labels, timeMs }: Metric): void {
    const at = {
      step: step ?? batch ?? this.countOf(name),
      ...(epoch === undefined ? {} : { epoch }),
      ...(timeMs === undefined ? {} : { timeMs }),
    };
    this.recorder.points({ [name]: value }, at, labels);
  }

  /** Steps of a metric whose lines carry no counter: 0, 1, 2, ... */
  private countOf(name: string): number {
    const count = this.counts.get(name) ?? 0;
    this.counts.set(name, count + 1);
    return count;
  }
}
