import type { LogStream } from "ava-protocol";
import { type ItemListener, ItemRecorder } from "../console/item-recorder.js";
import { MetricReader } from "../console/parsers/metric-reader.js";
import type { ParserProblem } from "../console/parsers/reader-reports.js";
import type { NamedParser } from "../console/parsers/registry.js";
import type { StepCounter } from "../console/step-counter.js";
import type { Recorder } from "../record/recorder.js";
import { type CrashCause, crashCause } from "./crash-cause.js";
import { Tail } from "./tail.js";

/** Records one output stream of a child: its text, and the metrics and events that parsers find in it. */
export class StreamRecorder {
  private readonly stream: LogStream;
  private readonly recorder: Recorder;
  private readonly reader: MetricReader;
  private readonly items: ItemRecorder;
  private readonly tail = new Tail();

  /**
   * @param stream - which stream
   * @param recorder - journal of the run
   * @param parsers - fresh ones, for this stream
   * @param onProblem - told when a parser is disabled
   * @param listener - told of events and steps
   * @param counter - of the steps of the run, whichever stream tells them: bars are on stderr, prints on stdout
   */
  constructor(
    stream: LogStream,
    recorder: Recorder,
    parsers: readonly NamedParser[],
    onProblem: (problem: ParserProblem) => void,
    listener?: ItemListener,
    counter?: StepCounter,
  ) {
    this.stream = stream;
    this.recorder = recorder;
    this.items = new ItemRecorder(recorder, listener, counter);
    this.reader = new MetricReader(parsers, onProblem);
  }

  /** Message of the last FATAL line. */
  get fatal(): string | undefined {
    return this.items.fatal;
  }

  /** Whose output it is, once that is known. */
  get framework(): string | undefined {
    return this.reader.framework;
  }

  /** A client tells the metrics of the run itself: what is read from its output is told apart from now on. */
  labelAsConsole(): void {
    this.items.label({ source: "console" });
  }

  /** Names of the user's regexes that have told nothing of this stream. */
  get silentRules(): string[] {
    return this.reader.silentRules;
  }

  /** @param chunk - next bytes; they and what they tell are in the journal when this returns */
  write(chunk: Uint8Array): void {
    this.tail.add(chunk);
    const columns = this.reader.writeColumns(chunk);
    this.recorder.batch(() => {
      // Points first: a kill within the write may cut it short, and no line of the log is to lack its metrics.
      this.items.record(columns);
      this.recorder.log(this.stream, chunk);
    });
  }

  /** The stream has ended. */
  end(): void {
    this.items.record(this.reader.endColumns());
  }

  /** @returns why the command failed, as this stream says it */
  crashCause(): CrashCause | undefined {
    return crashCause(this.tail.lines());
  }
}
