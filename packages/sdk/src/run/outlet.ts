import { write } from "node:fs";

/** Output that waits for a slow reader before the child is made to wait, as it would be without us. */
const HIGH_WATER_BYTES = 1_048_576;
/** Pause before a descriptor that another process set to non-blocking is tried again. */
const RETRY_MS = 5;

/**
 * A descriptor of ours that takes output. Writes never block our event loop: signals still arrive while a terminal is held by Ctrl-S. What
 * cannot be written (a full disk, a terminal that is gone) is dropped and counted, and the next piece is tried again.
 */
export class Outlet {
  /** Bytes that could not be written. */
  droppedBytes = 0;
  /** The system's code of the last write that failed. */
  failure: string | undefined;
  /** The reader is gone (EPIPE): what comes now is dropped. */
  isGone = false;
  /** Called when there is room again after {@link isFull}, and when the reader is gone. */
  onChange: (() => void) | undefined;
  private readonly fd: number;
  private readonly queue: Uint8Array[] = [];
  private queuedBytes = 0;
  private isWriting = false;
  private idlers: (() => void)[] = [];

  /** @param fd - 1 or 2 */
  constructor(fd: number) {
    this.fd = fd;
  }

  /** So much waits that the child is to wait, too. */
  get isFull(): boolean {
    return this.queuedBytes >= HIGH_WATER_BYTES;
  }

  /** @param bytes - written after all that waits */
  write(bytes: Uint8Array): void {
    if (this.isGone) return;
    this.queue.push(bytes);
    this.queuedBytes += bytes.length;
    if (!this.isWriting) this.writeNext(0);
  }

  /** @returns when nothing waits; never rejects */
  idle(): Promise<void> {
    if (!this.isWriting) return Promise.resolve();
    return new Promise((resolve) => this.idlers.push(resolve));
  }

  private writeNext(offset: number): void {
    const bytes = this.queue[0];
    this.isWriting = bytes !== undefined;
    if (!bytes) {
      for (const resolve of this.idlers.splice(0)) resolve();
      return;
    }
    write(this.fd, bytes, offset, bytes.length - offset, null, (error, writtenBytes) => {
      if (error?.code === "EAGAIN") setTimeout(() => this.writeNext(offset), RETRY_MS);
      else if (error?.code === "EPIPE") this.lose();
      else if (error) this.next(bytes, bytes.length - offset, error.code);
      else if (offset + writtenBytes < bytes.length) this.writeNext(offset + writtenBytes);
      else this.next(bytes, 0);
    });
  }

  private next(written: Uint8Array, droppedBytes: number, failure?: string): void {
    this.droppedBytes += droppedBytes;
    this.failure = failure ?? this.failure;
    const wasFull = this.isFull;
    this.queue.shift();
    this.queuedBytes -= written.length;
    if (wasFull && !this.isFull) this.onChange?.();
    this.writeNext(0);
  }

  private lose(): void {
    this.isGone = true;
    this.queue.length = 0;
    this.queuedBytes = 0;
    this.onChange?.();
    this.writeNext(0);
  }
}
