import { type BatchHeader, encodeBatchHead, LIMITS, RECORD_HEAD_BYTES, RECORD_TYPE, type RecordsAnswer } from "ava-protocol";
import type { ReadRecord, RecordSource } from "../journal/journal-reader.js";
import type { Transport } from "./transport.js";

/** What one exchange with the platform achieved. */
export type StepResult =
  | { kind: "shipped"; records: number; stop?: RecordsAnswer["stop"] }
  /** Everything that is in the journal is acknowledged. */
  | { kind: "idle" }
  | { kind: "failed"; reason: string; retryAfterMs?: number };

/** Records that the platform refused for good, and why. */
export interface Refusal {
  records: number;
  reason: string;
}

/** Ships the journal of one writer, batch by batch; deletes what is acknowledged and nothing else. */
export class WriterShipper {
  /** What the platform refused and was therefore passed over. */
  readonly refused: Refusal[] = [];
  private readonly instance: string;
  private readonly reader: RecordSource;
  private readonly definitions = new Map<number, ReadRecord>();
  private waiting: ReadRecord[] = [];
  private ackedSeq = 0;
  private hasMet = false;
  private batchBytes: number = LIMITS.shippedBatchBytes;
  private hasReadToEnd = false;
  /** How often the journal was read. */
  reads = 0;
  /** The last of the reads that came to the journal's end, everything up to there being acknowledged; 0 before the first. */
  caughtUpAt = 0;

  /**
   * @param source - records of the writer
   * @param writer - id of the writer
   * @param instance - id of the instance
   */
  constructor(source: RecordSource, writer: string, instance: string) {
    this.reader = source;
    this.instance = instance;
    this.writer = writer;
  }

  /** Id of the writer. */
  readonly writer: string;

  /** Bytes of the journal that are damaged and were skipped. */
  get damagedBytes(): number {
    return this.reader.damagedBytes;
  }

  /**
   * Sends the next batch, if there is one. The first exchange asks the platform what it has.
   *
   * @param transport - way to the platform
   * @param timeoutMs - for the request
   * @param isWriterGone - the newest segment may be deleted as well once it is acknowledged
   */
  async step(transport: Transport, timeoutMs: number, isWriterGone: boolean): Promise<StepResult> {
    if (this.waiting.length === 0) this.waiting = this.readNew();
    if (this.waiting.length === 0) {
      // Whoever died before a first record leaves nothing to ask the platform about.
      if (this.hasMet || isWriterGone) this.reader.deleteAcknowledged(this.ackedSeq, isWriterGone);
      return { kind: "idle" };
    }
    if (!this.hasMet) return this.exchange(transport, [], timeoutMs);
    const batch = this.takeBatch();
    const result = await this.exchange(transport, batch, timeoutMs);
    if (result.kind === "shipped") this.reader.deleteAcknowledged(this.ackedSeq, false);
    if (this.waiting.length === 0 && this.hasReadToEnd) this.caughtUpAt = this.reads;
    return result;
  }

  /** Whether {@link heartbeat} can speak for the run: something of the journal was read. */
  get isKnown(): boolean {
    return this.reader.header !== undefined;
  }

  /** Sends an empty batch: the run lives. */
  async heartbeat(transport: Transport, timeoutMs: number): Promise<StepResult> {
    return this.reader.header ? this.exchange(transport, [], timeoutMs) : { kind: "idle" };
  }

  /** Closes the journal's file. */
  close(): void {
    this.reader.close();
  }

  private async exchange(transport: Transport, batch: ReadRecord[], timeoutMs: number): Promise<StepResult> {
    const result = await transport.send(this.instance, this.encode(batch), timeoutMs);
    switch (result.kind) {
      case "acked":
        this.hasMet = true;
        if (batch.length > 0 && result.ack < (batch.at(-1)?.seq ?? 0))
          return { kind: "failed", reason: "the platform acknowledged less than it was sent" };
        this.advance(result.ack);
        this.batchBytes = LIMITS.shippedBatchBytes;
        return { kind: "shipped", records: batch.length, ...(result.stop ? { stop: result.stop } : {}) };
      case "gap":
        this.hasMet = true;
        if (result.ack >= this.ackedSeq) return { kind: "failed", reason: "the platform reports a gap where there is none" };
        this.goBack(result.ack);
        return { kind: "shipped", records: 0 };
      case "refused":
        return this.handleRefusal(batch, result.reason);
      case "retry":
        return { kind: "failed", reason: result.reason, ...(result.retryAfterMs ? { retryAfterMs: result.retryAfterMs } : {}) };
    }
  }

  /** Sends smaller batches until the one record that is refused is alone; that one is passed over and counted. */
  private handleRefusal(batch: ReadRecord[], reason: string): StepResult {
    const [only] = batch;
    if (!only) return { kind: "failed", reason };
    if (batch.length === 1) {
      this.refused.push({ records: 1, reason });
      this.advance(only.seq);
      return { kind: "shipped", records: 0 };
    }
    this.batchBytes = Math.max(1, Math.floor(sumBytes(batch) / 2));
    return { kind: "shipped", records: 0 };
  }

  /** @returns what is not acknowledged yet; none only at the journal's end, since a writer that is gone loses its newest segment then */
  private readNew(): ReadRecord[] {
    for (;;) {
      this.reads += 1;
      const records = this.reader.read(this.batchBytes);
      this.hasReadToEnd = sumBytes(records) < this.batchBytes;
      for (const record of records) {
        if (record.type !== RECORD_TYPE.series) continue;
        const id = seriesIdAt(record.bytes, RECORD_HEAD_BYTES);
        // The first one stands before every use, also when a later segment repeats it.
        if (!this.definitions.has(id)) this.definitions.set(id, record);
      }
      const fresh = records.filter(({ seq }) => seq > this.ackedSeq);
      if (fresh.length > 0 || records.length === 0) return fresh;
    }
  }

  private takeBatch(): ReadRecord[] {
    let bytes = 0;
    const end = this.waiting.findIndex((record) => {
      bytes += record.bytes.length;
      return bytes > this.batchBytes;
    });
    return end < 0 ? this.waiting : this.waiting.slice(0, Math.max(1, end));
  }

  /** Head, then the earlier definitions that the batch needs, then its records. */
  private encode(batch: ReadRecord[]): Uint8Array {
    const segment = this.reader.header;
    const labels = segment?.labels;
    const header: BatchHeader = {
      writer: this.writer,
      training: segment?.training ?? "default",
      prevSeq: this.ackedSeq,
      ...(labels ? { labels } : {}),
    };
    const used = new Set<number>();
    for (const { type, bytes } of batch) {
      if (type !== RECORD_TYPE.points) continue;
      for (let at = RECORD_HEAD_BYTES + 24; at < bytes.length; at += 12) used.add(seriesIdAt(bytes, at));
    }
    const firstSeq = batch[0]?.seq ?? 0;
    const pieces = [encodeBatchHead(header)];
    for (const id of used) {
      const definition = this.definitions.get(id);
      if (definition && definition.seq < firstSeq) pieces.push(definition.bytes);
    }
    for (const { bytes } of batch) pieces.push(bytes);
    return Buffer.concat(pieces);
  }

  private advance(ack: number): void {
    this.ackedSeq = Math.max(this.ackedSeq, ack);
    this.waiting = this.waiting.filter(({ seq }) => seq > this.ackedSeq);
  }

  /** The platform has less than it once acknowledged (it was restored, or is another one): read again from there. */
  private goBack(ack: number): void {
    this.ackedSeq = ack;
    this.waiting = [];
    this.hasReadToEnd = false;
    this.reader.rewind();
  }
}

function seriesIdAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! + bytes[at + 1]! * 0x100 + bytes[at + 2]! * 0x1_0000 + bytes[at + 3]! * 0x100_0000;
}

function sumBytes(records: ReadRecord[]): number {
  return records.reduce((sum, { bytes }) => sum + bytes.length, 0);
}
