import { type Crc32, crc32 } from "../crc32.js";
import { type JournalRecord, LOG_STREAM, RECORD_HEAD_BYTES, RECORD_TYPE } from "./record.js";

const text = new TextEncoder();

/**
 * Writes journal records one after the other into a buffer that grows as needed and is used again after {@link RecordEncoder.clear}.
 * The bytes are those of docs/formats/journal.md.
 */
export class RecordEncoder {
  private buffer: Uint8Array;
  private view: DataView;
  private end = 0;
  private readonly sum: Crc32;

  /**
   * @param capacityBytes - first size of the buffer
   * @param sum - CRC-32 to use, default the one of this package
   */
  constructor(capacityBytes = 4096, sum: Crc32 = crc32) {
    this.sum = sum;
    this.buffer = new Uint8Array(capacityBytes);
    this.view = new DataView(this.buffer.buffer);
  }

  /** Bytes written since the last clear. */
  get byteLength(): number {
    return this.end;
  }

  /** @returns a view of what was written; valid until the next write or clear */
  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.end);
  }

  /** Forgets what was written. */
  clear(): void {
    this.end = 0;
  }

  /** Forgets what was written after a length that {@link byteLength} had. @param byteLength - what to keep */
  truncate(byteLength: number): void {
    this.end = byteLength;
  }

  /**
   * Appends one record.
   *
   * @param seq - number of the record, from 1
   * @param record - the record
   */
  write(seq: number, record: JournalRecord): void {
    switch (record.type) {
      case "points":
        return this.writePoints(seq, record.step, record.epoch ?? Number.NaN, record.timeNs, record.ids, record.values, record.ids.length);
      case "series":
        return this.writeTagged(
          seq,
          RECORD_TYPE.series,
          text.encode(JSON.stringify({ name: record.name, labels: record.labels })),
          4,
          (at) => this.view.setUint32(at, record.id, true),
        );
      case "log":
        return this.writeTagged(seq, RECORD_TYPE.log, record.bytes, 9, (at) => {
          this.view.setBigInt64(at, record.timeNs, true);
          this.view.setUint8(at + 8, LOG_STREAM[record.stream]);
        });
      case "facts":
        return this.writeTagged(seq, RECORD_TYPE.facts, text.encode(JSON.stringify(record.facts)));
      case "event":
        return this.writeTagged(seq, RECORD_TYPE.event, text.encode(JSON.stringify(record.event)));
      case "drops":
        return this.writeTagged(seq, RECORD_TYPE.drops, text.encode(JSON.stringify(record.drops)));
    }
  }

  /**
   * Appends one points record without an object for it: the hot path of `log()`.
   *
   * @param epoch - NaN when absent
   * @param count - how many of `ids` and `values` are used
   */
  writePoints(
    seq: number,
    step: number,
    epoch: number,
    timeNs: bigint,
    ids: ArrayLike<number>,
    values: ArrayLike<number>,
    count: number,
  ): void {
    const payloadBytes = 24 + count * 12;
    const start = this.begin(payloadBytes);
    const view = this.view;
    let at = start + RECORD_HEAD_BYTES;
    view.setFloat64(at, step, true);
    view.setFloat64(at + 8, epoch, true);
    view.setBigInt64(at + 16, timeNs, true);
    at += 24;
    for (let i = 0; i < count; i++, at += 12) {
      view.setUint32(at, ids[i]!, true);
      view.setFloat64(at + 4, values[i]!, true);
    }
    this.finish(start, payloadBytes, seq, RECORD_TYPE.points);
  }

  private writeTagged(seq: number, type: number, body: Uint8Array, prefixBytes = 0, writePrefix?: (at: number) => void): void {
    const payloadBytes = prefixBytes + body.length;
    const start = this.begin(payloadBytes);
    writePrefix?.(start + RECORD_HEAD_BYTES);
    this.buffer.set(body, start + RECORD_HEAD_BYTES + prefixBytes);
    this.finish(start, payloadBytes, seq, type);
  }

  private begin(payloadBytes: number): number {
    const neededBytes = this.end + RECORD_HEAD_BYTES + payloadBytes;
    if (neededBytes > this.buffer.length) {
      const grown = new Uint8Array(Math.max(neededBytes, this.buffer.length * 2));
      grown.set(this.buffer.subarray(0, this.end));
      this.buffer = grown;
      this.view = new DataView(grown.buffer);
    }
    return this.end;
  }

  private finish(start: number, payloadBytes: number, seq: number, type: number): void {
    const end = start + RECORD_HEAD_BYTES + payloadBytes;
    this.view.setUint32(start, payloadBytes, true);
    this.view.setUint32(start + 8, seq >>> 0, true);
    this.view.setUint32(start + 12, Math.floor(seq / 0x1_0000_0000), true);
    this.view.setUint8(start + 16, type);
    this.view.setUint32(start + 4, this.sum(this.buffer, start + 8, end), true);
    this.end = end;
  }
}
