import { BLOCK_BYTES } from "../../kodo/etag.js";
import type { BlockBuffers } from "./block-buffers.js";
import type { PartFile } from "./part-file.js";

/** Collects bytes into blocks and writes them while the next ones fill. */
export class BlockWriter {
  /** Offset of the next byte. */
  position = 0;
  private readonly part: PartFile;
  private readonly buffers: BlockBuffers;
  private filling: Buffer | undefined;
  private pending: Promise<void> = Promise.resolve();
  private failure: unknown;

  /**
   * @param part - where the blocks go
   * @param buffers - memory for them
   */
  constructor(part: PartFile, buffers: BlockBuffers) {
    this.part = part;
    this.buffers = buffers;
  }

  /** @param chunk - the next bytes @throws what the write of a block threw */
  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      this.filling ??= await this.buffers.take();
      const filled = this.position % BLOCK_BYTES;
      const piece = chunk.subarray(at, at + BLOCK_BYTES - filled);
      this.filling.set(piece, filled);
      this.position += piece.length;
      at += piece.length;
      if (this.position % BLOCK_BYTES === 0) this.flush(BLOCK_BYTES);
    }
    if (this.failure !== undefined) throw this.failure;
  }

  /** Writes what is there of a block that is not full. */
  flushRest(): void {
    const rest = this.position % BLOCK_BYTES;
    if (rest > 0) this.flush(rest);
  }

  /** Waits for the blocks that are being written; what is left of the last one is given up. @throws what the write of one threw */
  async settle(): Promise<void> {
    if (this.filling) this.buffers.give(this.filling);
    this.filling = undefined;
    await this.pending;
    if (this.failure !== undefined) throw this.failure;
  }

  private flush(bytes: number): void {
    const buffer = this.filling as Buffer;
    this.filling = undefined;
    const written = this.part
      .write(Math.ceil(this.position / BLOCK_BYTES) - 1, buffer.subarray(0, bytes))
      .catch((error: unknown) => {
        this.failure ??= error;
      })
      .finally(() => this.buffers.give(buffer));
    this.pending = Promise.all([this.pending, written]).then(() => undefined);
  }
}
