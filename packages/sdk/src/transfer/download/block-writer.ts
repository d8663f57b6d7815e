import { BLOCK_BYTES } from "../../kodo/etag.js";
import type { PartFile } from "./part-file.js";

/** Collects bytes into blocks and writes each while the next one fills: two blocks of memory. */
export class BlockWriter {
  /** Offset of the next byte. */
  position = 0;
  private readonly part: PartFile;
  private filling = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  private writing = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  private pending: Promise<void> = Promise.resolve();

  /** @param part - where the blocks go */
  constructor(part: PartFile) {
    this.part = part;
  }

  /** @param chunk - the next bytes @throws what the write of a block threw */
  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      const filled = this.position % BLOCK_BYTES;
      const piece = chunk.subarray(at, at + BLOCK_BYTES - filled);
      this.filling.set(piece, filled);
      this.position += piece.length;
      at += piece.length;
      if (this.position % BLOCK_BYTES === 0) await this.flush(BLOCK_BYTES);
    }
  }

  /** Writes what is there of a block that is not full. @throws what the write of an earlier block threw */
  async flushRest(): Promise<void> {
    const rest = this.position % BLOCK_BYTES;
    if (rest > 0) await this.flush(rest);
  }

  /** Waits for the block that is being written; what is left of the last one is given up. @throws what its write threw */
  async settle(): Promise<void> {
    await this.pending;
  }

  private async flush(bytes: number): Promise<void> {
    await this.pending;
    const block = this.filling.subarray(0, bytes);
    [this.filling, this.writing] = [this.writing, this.filling];
    this.pending = this.part.write(Math.ceil(this.position / BLOCK_BYTES) - 1, block);
    // Thrown by the next one who waits for it.
    this.pending.catch(() => undefined);
  }
}
