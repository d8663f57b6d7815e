import { LIMITS, type RecordsAnswer } from "ava-protocol";
import type { ReadRecord, RecordSource } from "../record/journal/journal-reader.js";
import { backoffMs } from "./backoff.js";
import { Definitions, encodeBatch, sumBytes } from "./batch.js";
import { PassedOver } from "./passed-over.js";
import { Suspicion, UNSURE_MS } from "./suspicion.js";
import type { Blame, SendResult, Transport } from "./transport.js";

/** What one exchange with the platform achieved. */
export type StepResult =
  | ({ kind: "shipped"; records: number } & Pick<RecordsAnswer, "stop" | "pauseMs">)
  /** Everything that is in the journal is acknowledged. */
  | { kind: "idle" }
  /** The instance was deleted on the platform. */
  | { kind: "deleted"; reason: string }
  /** `isOwn`: it is about this writer alone, and the others go on. */
  | { kind: "failed"; reason: string; isOwn: boolean; retryAfterMs?: number };

/** So much larger is the next batch after one that went through: smaller ones were needed once, for a record or a proxy that does not take them. */
const GROWTH_BYTES = 65_536;

/** So many records in a row that fail although the platform answers mean that it takes none. */
const MOST_DOUBTED = 3;

/** Ships the journal of one writer, batch by batch; deletes what is acknowledged and nothing else. Whatever a server answers, it gets on or waits longer each time. */
export class WriterShipper {
  /** Id of the writer. */
  readonly writer: string;
  /** What can never be delivered. */
  readonly passedOver: PassedOver = new PassedOver();
  /** How often the journal was read. */
  reads = 0;
  /** The last of the reads that came to the journal's end, everything up to there being acknowledged; 0 before the first. */
  caughtUpAt = 0;
  /** How many exchanges in a row have failed without any progress. */
  failures = 0;
  /** How long failures of one record that may be the platform's own must last before it is doubted; a sync, which works for a bounded time, sets 0. */
  unsureMs: number = UNSURE_MS;
  /** The last failure was that of one record alone; it has a bounded number of tries. */
  isSuspecting = false;
  private readonly instance: string;
  private readonly reader: RecordSource;
  private readonly definitions = new Definitions();
  private readonly suspicion = new Suspicion();
  private waiting: ReadRecord[] = [];
  /** What the platform says that it has. */
  private platformSeq = 0;
  /** What is done with: acknowledged, or passed over. */
  private doneSeq = 0;
  /** Highest seq that was read since the journal's start. */
  private readSeq = 0;
  /** Highest seq that the platform had when it fell back last. */
  private setbackSeq = 0;
  /** The platform has said what it has, since the last failure. */
  private hasMet = false;
  /** A batch that failed, in a way that may be its own fault: if the platform still answers, it is. */
  private suspect: { batch: ReadRecord[]; blame: Blame; reason: string } | undefined;
  /** Seem to be in the way, and are passed over once the platform has taken a record behind them: else it may be in trouble itself. */
  private doubted: { record: ReadRecord; reason: string }[] = [];
  private batchBytes: number = LIMITS.shippedBatchBytes;
  private hasReadToEnd = false;
  private dueMs = 0;

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

  /** Bytes of the journal that are damaged and were skipped. */
  get damagedBytes(): number {
    return this.reader.damagedBytes;
  }

  /** Whether the journal had more than was sent last: the next batch can go at once. */
  get hasMore(): boolean {
    return this.waiting.length > 0 || !this.hasReadToEnd;
  }

  /** Whether {@link heartbeat} can speak for the run: something of the journal was read. */
  get isKnown(): boolean {
    return this.reader.header !== undefined;
  }

  /** @param nowMs - the time now @returns whether it is time for the next try; after a failure it takes its time */
  isDue(nowMs: number = Date.now()): boolean {
    return nowMs >= this.dueMs;
  }

  /** A process waits: the next try is now. */
  hurry(): void {
    this.dueMs = 0;
    this.failures = 0;
  }

  /**
   * Sends the next batch, if there is one. The first exchange asks the platform what it has. Never rejects.
   *
   * @param transport - way to the platform
   * @param timeoutMs - for the request
   * @param isWriterGone - the newest segment may be deleted as well once it is acknowledged
   */
  async step(transport: Transport, timeoutMs: number, isWriterGone: boolean): Promise<StepResult> {
    try {
      const result = await this.next(transport, timeoutMs, isWriterGone);
      if (result.kind === "failed") this.retryLater(result.retryAfterMs);
      return result;
    } catch (error) {
      // A journal that cannot be read, say on a disk that went away.
      this.retryLater();
      return { kind: "failed", reason: (error as Error).message, isOwn: true };
    }
  }

  /** Sends an empty batch: the run lives. */
  async heartbeat(transport: Transport, timeoutMs: number): Promise<StepResult> {
    return this.reader.header ? this.exchange(transport, [], timeoutMs) : { kind: "idle" };
  }

  /** Closes the journal's file. */
  close(): void {
    this.reader.close();
  }

  private async next(transport: Transport, timeoutMs: number, isWriterGone: boolean): Promise<StepResult> {
    if (this.waiting.length === 0) this.waiting = this.readNew();
    if (this.waiting.length === 0) {
      if (this.doubted.length > 1) return this.takeBack();
      // Nothing is behind it that could be taken.
      this.passDoubted();
      if (this.readSeq < this.platformSeq && this.readSeq > 0 && this.damagedBytes === 0) return this.disbelieve();
      // A writer that died before a first record leaves nothing to ask the platform about.
      if (this.hasMet || isWriterGone) this.reader.deleteAcknowledged(this.doneSeq, isWriterGone);
      return { kind: "idle" };
    }
    if (!this.hasMet) return this.exchange(transport, [], timeoutMs);
    const result = await this.exchange(transport, this.takeBatch(), timeoutMs);
    if (result.kind === "shipped") this.reader.deleteAcknowledged(this.doneSeq, false);
    if (this.waiting.length === 0 && this.hasReadToEnd) this.caughtUpAt = this.reads;
    return result;
  }

  private async exchange(transport: Transport, batch: ReadRecord[], timeoutMs: number): Promise<StepResult> {
    const { header } = this.reader;
    const facts = { writer: this.writer, training: header?.training ?? "default", prevSeq: this.platformSeq, labels: header?.labels };
    const result = await transport.send(this.instance, encodeBatch(facts, batch, this.definitions), timeoutMs);
    switch (result.kind) {
      case "acked":
        return this.acknowledged(batch, result);
      case "gap":
        if (result.ack < this.platformSeq) return this.goBack(result.ack);
        return { kind: "failed", reason: `the platform reports a gap where there is none (409, ack ${result.ack})`, isOwn: true };
      case "deleted":
        return result;
      case "refused":
        if (batch.length === 0) return { kind: "failed", reason: result.reason, isOwn: true };
        this.accuse(batch, "body", result.reason);
        return { kind: "shipped", records: 0 };
      case "failed":
        return this.failed(batch, result);
    }
  }

  private acknowledged(batch: ReadRecord[], { ack, stop, refused, pauseMs }: RecordsAnswer): StepResult {
    if (ack < this.platformSeq) return this.goBack(ack);
    const lastSeq = batch.at(-1)?.seq ?? 0;
    if (ack < lastSeq) return { kind: "failed", reason: `the platform acknowledged ${ack} of ${lastSeq} that it was sent`, isOwn: true };
    this.hasMet = true;
    this.isSuspecting = false;
    this.platformSeq = ack;
    if (batch.length > 0) this.passDoubted();
    if (ack <= this.readSeq) this.done(ack);
    // Ahead of what we have read: another may have shipped it, and then it is in the journal. Believed only when it was seen there.
    else this.waiting = this.waiting.filter(({ seq }) => seq > ack);
    if (this.suspect) this.accuse(this.suspect.batch, this.suspect.blame, this.suspect.reason);
    else if (batch.length > 0) this.batchBytes = Math.min(LIMITS.shippedBatchBytes, this.batchBytes + GROWTH_BYTES);
    this.suspect = undefined;
    if (this.doubted.length > MOST_DOUBTED) return this.takeBack();
    if (refused) this.passedOver.refused(refused);
    return { kind: "shipped", records: batch.length, ...(stop ? { stop } : {}), ...(pauseMs ? { pauseMs } : {}) };
  }

  private failed(batch: ReadRecord[], { reason, blame, retryAfterMs }: SendResult & { kind: "failed" }): StepResult {
    this.hasMet = false;
    this.isSuspecting = batch.length === 1 && blame !== "place";
    if (batch.length > 0 && blame !== "place") this.suspect = { batch, blame, reason };
    return { kind: "failed", reason, isOwn: false, ...(retryAfterMs ? { retryAfterMs } : {}) };
  }

  /** The platform takes something, but not this: smaller batches, until the one record that fails is alone; that one is passed over. */
  private accuse(batch: ReadRecord[], blame: Blame, reason: string): void {
    const [first] = batch;
    if (!first) return;
    if (batch.length > 1) {
      this.batchBytes = Math.max(1, Math.floor(sumBytes(batch) / 2));
      this.failures = 0;
      return;
    }
    if (this.suspect && !this.suspicion.failed(first.seq, blame === "body", this.unsureMs)) return;
    this.doubted.push({ record: first, reason });
    if (blame === "body") return this.passDoubted();
    this.waiting = this.waiting.filter(({ seq }) => seq > first.seq);
  }

  private passDoubted(): void {
    for (const { record, reason } of this.doubted) {
      this.passedOver.passed(record, reason);
      this.done(record.seq);
    }
    this.doubted = [];
  }

  /** Not one record is in the way, it is the platform: none is passed over. */
  private takeBack(): StepResult {
    const reason = `the platform takes none of ${this.doubted.length} records in a row, and answers otherwise: ${this.doubted[0]?.reason}`;
    this.startAgain(this.platformSeq);
    return { kind: "failed", reason, isOwn: true };
  }

  /** The platform has less than it once acknowledged (it was restored, or is another one): read again from there. */
  private goBack(ack: number): StepResult {
    const reason = `the platform has records up to ${ack} and had acknowledged ${this.platformSeq}; they are sent again`;
    this.setbackSeq = Math.max(this.setbackSeq, this.platformSeq);
    this.hasMet = true;
    this.startAgain(ack);
    return { kind: "failed", reason, isOwn: true };
  }

  /** It says that it has what was never written: a shipper that believed it would delete the journal. */
  private disbelieve(): StepResult {
    const reason = `the platform acknowledges record ${this.platformSeq}, and the journal ends with ${this.readSeq}; nothing is deleted`;
    this.hasMet = false;
    this.startAgain(0);
    return { kind: "failed", reason, isOwn: true };
  }

  private startAgain(seq: number): void {
    this.platformSeq = seq;
    this.doneSeq = seq;
    this.readSeq = 0;
    this.waiting = [];
    this.suspect = undefined;
    this.doubted = [];
    this.hasReadToEnd = false;
    this.reader.rewind();
  }

  private done(seq: number): void {
    // Sending again what a platform had already is not progress.
    if (seq > Math.max(this.doneSeq, this.setbackSeq)) this.failures = 0;
    this.doneSeq = Math.max(this.doneSeq, seq);
    this.waiting = this.waiting.filter((record) => record.seq > this.doneSeq);
  }

  private retryLater(retryAfterMs = 0): void {
    this.failures += 1;
    this.dueMs = Date.now() + Math.max(backoffMs(this.failures), retryAfterMs);
  }

  /** @returns what is not acknowledged yet; none only at the journal's end, since a writer that is gone loses its newest segment then */
  private readNew(): ReadRecord[] {
    for (;;) {
      this.reads += 1;
      const records = this.reader.read(this.batchBytes);
      this.hasReadToEnd = sumBytes(records) < this.batchBytes;
      this.definitions.learn(records);
      this.readSeq = Math.max(this.readSeq, records.at(-1)?.seq ?? 0);
      if (this.platformSeq <= this.readSeq) this.doneSeq = Math.max(this.doneSeq, this.platformSeq);
      const haveSeq = Math.max(this.doneSeq, this.platformSeq);
      const fresh = records.filter(({ seq }) => seq > haveSeq);
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
}
