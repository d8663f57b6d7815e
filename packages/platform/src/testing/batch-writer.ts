import { crc32, encodeBatchHead, type JournalRecord, type Labels, RECORD_HEAD_BYTES, RecordEncoder, type SeriesRecord } from "ava-protocol";

/** Makes request bodies as a shipper does: numbered records, and in front of each body the definitions that it needs. */
export class BatchWriter {
  readonly id: string;
  seq = 0;
  private readonly labels: Labels | undefined;
  private readonly training: string;
  private readonly definitions = new Map<string, { seq: number; record: SeriesRecord }>();
  private records: Uint8Array[] = [];
  private prevSeq = 0;

  constructor(id: string, labels?: Labels, training = "demo") {
    this.id = id;
    this.labels = labels;
    this.training = training;
  }

  /** Adds a record of any type. */
  add(record: JournalRecord): this {
    const encoder = new RecordEncoder();
    encoder.write(++this.seq, record);
    this.records.push(encoder.bytes());
    return this;
  }

  /** Adds a whole record with a payload that no writer of ours makes. */
  addRaw(type: number, payload: string): this {
    const bytes = Buffer.alloc(RECORD_HEAD_BYTES + Buffer.byteLength(payload));
    bytes.writeUInt32LE(bytes.length - RECORD_HEAD_BYTES, 0);
    bytes.writeBigUInt64LE(BigInt(++this.seq), 8);
    bytes.writeUInt8(type, 16);
    bytes.write(payload, RECORD_HEAD_BYTES);
    bytes.writeUInt32LE(crc32(bytes, 8, bytes.length), 4);
    this.records.push(bytes);
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
    const head = encodeBatchHead({
      writer: this.id,
      training: this.training,
      prevSeq,
      ...(this.labels === undefined ? {} : { labels: this.labels }),
    });
    const body = Buffer.concat([head, encoder.bytes(), ...this.records]);
    this.records = [];
    this.prevSeq = this.seq;
    return body;
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
