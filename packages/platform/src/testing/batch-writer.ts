import { encodeBatchHead, type JournalRecord, type Labels, RecordEncoder, type SeriesRecord } from "ava-protocol";

/** Makes request bodies as a shipper does: numbered records, and in front of each body the definitions that it needs. */
export class BatchWriter {
  readonly id: string;
  seq = 0;
  private readonly labels: Labels | undefined;
  private readonly definitions = new Map<string, { seq: number; record: SeriesRecord }>();
  private records: { seq: number; record: JournalRecord }[] = [];
  private prevSeq = 0;

  constructor(id: string, labels?: Labels) {
    this.id = id;
    this.labels = labels;
  }

  /** Adds a record of any type. */
  add(record: JournalRecord): this {
    this.records.push({ seq: ++this.seq, record });
    return this;
  }

  /** Adds one point of each series. */
  log(values: Record<string, number>, step: number, epoch?: number, timeNs: bigint = BigInt(step) * 1_000_000n): this {
    const ids = Object.keys(values).map((name) => this.define(name));
    return this.add({ type: "points", step, timeNs, ids, values: Object.values(values), ...(epoch === undefined ? {} : { epoch }) });
  }

  /** Adds console output. */
  print(text: string): this {
    return this.add({ type: "log", timeNs: 1n, stream: "stdout", bytes: new TextEncoder().encode(text) });
  }

  /** @returns a body of what was added since the last one */
  body(prevSeq: number = this.prevSeq): Buffer {
    const encoder = new RecordEncoder();
    for (const { seq, record } of this.definitions.values()) if (seq <= this.prevSeq) encoder.write(seq, record);
    for (const { seq, record } of this.records) encoder.write(seq, record);
    const head = encodeBatchHead({
      writer: this.id,
      training: "demo",
      prevSeq,
      ...(this.labels === undefined ? {} : { labels: this.labels }),
    });
    this.records = [];
    this.prevSeq = this.seq;
    return Buffer.concat([head, encoder.bytes()]);
  }

  private define(name: string): number {
    const known = this.definitions.get(name);
    if (known !== undefined) return known.record.id;
    const record: SeriesRecord = { type: "series", id: this.definitions.size, name, labels: {} };
    this.add(record);
    this.definitions.set(name, { seq: this.seq, record });
    return record.id;
  }
}
