import { BLOCK_BYTES } from "../../kodo/etag.js";

/** Blocks of memory that all connections of a download share: 32 MiB, so that one fast connection does not wait for the disk and the hash. */
const COUNT = 8;

/** Hands out buffers of one block each, and takes them back. */
export class BlockBuffers {
  private readonly free: Buffer[] = [];
  private readonly waiting: ((buffer: Buffer) => void)[] = [];
  private made = 0;

  /** @returns a buffer; waits while all are in use */
  async take(): Promise<Buffer> {
    const buffer = this.free.pop();
    if (buffer) return buffer;
    if (this.made === COUNT) return new Promise((resolve) => this.waiting.push(resolve));
    this.made += 1;
    return Buffer.allocUnsafeSlow(BLOCK_BYTES);
  }

  /** @param buffer - from {@link take}; nobody uses it any more */
  give(buffer: Buffer): void {
    const next = this.waiting.shift();
    if (next) next(buffer);
    else this.free.push(buffer);
  }
}
