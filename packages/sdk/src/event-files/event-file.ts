import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { type EventTranslator, newTranslation, TfRecordReader, type Translation } from "ava-dialects";

/** Read with one call. */
const CHUNK_BYTES = 1_048_576;

/** What was read of an event file. */
export interface ReadEvents extends Translation {
  /** Of each record, where the event that told it begins in the file. */
  offsets: number[];
  /** Where the next event begins. */
  endOffset: number;
}

/** An event file of TensorBoard that may still grow; it is open only while it is read. */
export class EventFile {
  readonly path: string;
  private readonly translator: EventTranslator;
  private readonly reader = new TfRecordReader();
  private toldDamaged = 0;
  private hasToldCut = false;

  /** @param path - of the file @param translator - of its folder */
  constructor(path: string, translator: EventTranslator) {
    this.path = path;
    this.translator = translator;
  }

  /**
   * Reads what has come since the last time.
   *
   * @param mostBytes - about what is read now
   * @returns what it means; `undefined` when there is nothing new
   * @throws the file system's error
   */
  read(mostBytes: number): ReadEvents | undefined {
    const events: ReadEvents = { ...newTranslation(), offsets: [], endOffset: this.reader.offset };
    const fd = openSync(this.path, "r");
    try {
      const endBytes = Math.min(fstatSync(fd).size, this.reader.fedBytes + mostBytes);
      if (endBytes <= this.reader.fedBytes || this.reader.isCutOff) return undefined;
      while (this.reader.fedBytes < endBytes && !this.reader.isCutOff) {
        const chunk = new Uint8Array(Math.min(CHUNK_BYTES, endBytes - this.reader.fedBytes));
        const bytes = readSync(fd, chunk, 0, chunk.length, this.reader.fedBytes);
        if (bytes === 0) break;
        this.reader.feed(chunk.subarray(0, bytes));
        this.translate(events);
      }
    } finally {
      closeSync(fd);
    }
    this.countDamage(events);
    return events;
  }

  private translate(events: ReadEvents): void {
    for (let record = this.reader.next(); record; record = this.reader.next()) {
      this.translator.translate(record.content, events);
      while (events.offsets.length < events.records.length) events.offsets.push(record.offset);
    }
    events.endOffset = this.reader.offset;
  }

  private countDamage({ passedOver }: ReadEvents): void {
    const damaged = this.reader.damagedRecords - this.toldDamaged;
    this.toldDamaged += damaged;
    if (damaged > 0) passedOver.set("damaged records", (passedOver.get("damaged records") ?? 0) + damaged);
    if (!this.reader.isCutOff || this.hasToldCut) return;
    this.hasToldCut = true;
    passedOver.set("files that are damaged from some place on", 1);
  }
}
