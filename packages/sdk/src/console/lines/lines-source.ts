import type { ReadRecord, RecordSource } from "../../record/journal/journal-reader.js";
import { MemoryJournal } from "../../record/journal/memory-journal.js";
import { Recorder } from "../../record/recorder.js";
import { ItemRecorder } from "../item-recorder.js";
import { MetricReader } from "../parsers/metric-reader.js";
import type { ParserProblem } from "../parsers/reader-reports.js";
import { createParsers } from "../parsers/registry.js";
import type { LinesFile } from "./lines-file.js";
import type { LinesHeader } from "./lines-header.js";

/** The records that console lines tell. The same lines give the same records with the same numbers, however often they are read. */
export class LinesSource implements RecordSource {
  readonly header: LinesHeader;
  /** A line without its newline was never finished. */
  readonly damagedBytes = 0;
  private readonly file: LinesFile;
  private readonly onProblem: (problem: ParserProblem) => void;
  private nowMs = 0;
  private journal!: MemoryJournal;
  private recorder!: Recorder;
  private items!: ItemRecorder;
  private reader!: MetricReader;

  /**
   * @param file - whose header was read
   * @param header - it
   * @param onProblem - told when the parser is disabled
   * @throws AvaError PARSER_UNKNOWN, METRIC_REGEX_INVALID
   */
  constructor(file: LinesFile, header: LinesHeader, onProblem: (problem: ParserProblem) => void) {
    this.file = file;
    this.header = header;
    this.onProblem = onProblem;
    this.rewind();
  }

  /** As of {@link RecordSource.read}. */
  read(maxBytes: number): ReadRecord[] {
    while (this.journal.byteLength < maxBytes) {
      const lines = this.file.read();
      if (lines.length === 0) break;
      for (const { timeMs, bytes, certain } of lines) {
        this.nowMs = timeMs;
        this.recorder.log("stdout", bytes);
        this.items.record(this.reader.writeColumns(certain));
      }
    }
    return this.journal.take();
  }

  /** As of {@link RecordSource.rewind}. */
  rewind(): void {
    const { parser, referenceTimeMs, batchOfEpoch, rules: trainingRules = [] } = this.header;
    this.file.rewind();
    this.journal = new MemoryJournal(this.header.labels);
    this.recorder = new Recorder(this.journal, { now: () => this.nowMs });
    this.items = new ItemRecorder(this.recorder);
    const parsers = createParsers({ parser, trainingRules }, { referenceTimeMs, ...(batchOfEpoch ? { batchOfEpoch } : {}) });
    this.reader = new MetricReader(parsers, (problem) => this.onProblem(problem));
  }

  /** As of {@link RecordSource.deleteAcknowledged}: called at the end of what is there. */
  deleteAcknowledged(ackedSeq: number, isWriterGone: boolean): void {
    if (isWriterGone && this.journal.lastSeq <= ackedSeq) this.file.delete();
  }

  /** As of {@link RecordSource.close}. */
  close(): void {
    this.file.close();
  }
}
