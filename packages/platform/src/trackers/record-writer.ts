import { randomBytes } from "node:crypto";
import type { RunRecord } from "ava-dialects";
import { encodeBatchHead, type Labels, RecordEncoder, seriesKey } from "ava-protocol";

/** Bytes of the log in one record: a line of a client may be longer than a record can be. */
const LOG_PIECE_BYTES = 1_048_576;

/** A record as the store takes it: changed params have become the whole params, and what is passed over is told at the end. */
export type StoredRecord = Exclude<RunRecord, { kind: "params" | "passedOver" }>;

/** Makes bodies of journal records of what a client says of one run, as one writer. */
export class RecordWriter {
  private readonly writer: string;
  private readonly training: string;
  private readonly ids = new Map<string, number>();
  /** Highest number that the store has. */
  private ack = 0;
  private seq = 0;

  /** @param dialect - of the client @param training - of the instance @param name - of a writer that others are, too; absent for one of its own */
  constructor(dialect: string, training: string, name: string = randomBytes(8).toString("hex")) {
    this.writer = `${dialect}-${name}`;
    this.training = training;
  }

  /** @param records - in their order @returns a body of them alone: those that were not taken before are not in it */
  body(records: readonly StoredRecord[]): Uint8Array {
    const encoder = new RecordEncoder();
    const defined = new Set<number>();
    this.seq = this.ack;
    for (const record of records) this.add(encoder, defined, record);
    return Buffer.concat([encodeBatchHead({ writer: this.writer, training: this.training, prevSeq: this.ack }), encoder.bytes()]);
  }

  /** The store has taken the last body. @param ack - highest number that it has, where others write as well */
  taken(ack: number = this.seq): void {
    this.ack = ack;
  }

  private add(encoder: RecordEncoder, defined: Set<number>, record: StoredRecord): void {
    switch (record.kind) {
      case "points": {
        const ids = record.series.map(({ name, labels }) => this.define(encoder, defined, name, labels));
        const { step, timeNs, values } = record;
        return encoder.write(++this.seq, { type: "points", step, timeNs, ids, values: [...values] });
      }
      case "log":
        for (let at = 0; at < record.bytes.length; at += LOG_PIECE_BYTES) {
          const bytes = record.bytes.subarray(at, at + LOG_PIECE_BYTES);
          encoder.write(++this.seq, { type: "log", timeNs: record.timeNs, stream: record.stream, bytes });
        }
        return;
      case "facts":
        return encoder.write(++this.seq, { type: "facts", facts: record.facts });
      case "event":
        return encoder.write(++this.seq, { type: "event", event: record.event });
    }
  }

  private define(encoder: RecordEncoder, defined: Set<number>, name: string, labels: Labels): number {
    const key = seriesKey(name, labels);
    const id = this.ids.get(key) ?? this.ids.size;
    this.ids.set(key, id);
    if (!defined.has(id)) encoder.write(++this.seq, { type: "series", id, name, labels });
    defined.add(id);
    return id;
  }
}
