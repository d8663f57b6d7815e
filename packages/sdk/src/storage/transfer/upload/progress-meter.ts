import type { TransferOptions } from "../stored-object.js";

/** Least time between two events in milliseconds: a bar needs no more than ten a second. */
const INTERVAL_MS = 100;

/** Sums what parts report, and tells it. */
export class ProgressMeter {
  private readonly totalBytes: number;
  private readonly tell: TransferOptions["onProgress"];
  private readonly startMs = performance.now();
  private toldMs = Number.NEGATIVE_INFINITY;
  private bytes = 0;
  private skippedBytes = 0;
  private highestBytes = 0;

  /** @param totalBytes - of the file @param tell - gets the events */
  constructor(totalBytes: number, tell: TransferOptions["onProgress"]) {
    this.totalBytes = totalBytes;
    this.tell = tell;
  }

  /** @param bytes - that an earlier try has transferred */
  skip(bytes: number): void {
    this.skippedBytes += bytes;
    this.add(bytes);
  }

  /** @param bytes - that were transferred; below 0: that have to be transferred again */
  add(bytes: number): void {
    this.bytes += bytes;
    this.highestBytes = Math.max(this.highestBytes, this.bytes);
    const nowMs = performance.now();
    if (!this.tell || (nowMs - this.toldMs < INTERVAL_MS && this.bytes < this.totalBytes)) return;
    this.toldMs = nowMs;
    const bytesPerSecond = Math.max(0, this.highestBytes - this.skippedBytes) / Math.max(0.001, (nowMs - this.startMs) / 1000);
    this.tell({ bytes: this.highestBytes, totalBytes: this.totalBytes, bytesPerSecond });
  }

  /** An upload starts over: nothing is transferred any more. */
  restart(): void {
    this.bytes = 0;
    this.skippedBytes = 0;
  }
}
