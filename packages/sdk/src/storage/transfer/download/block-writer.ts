import { createHash } from "node:crypto";
import { BLOCK_BYTES } from "ava-kodo";
import type { PartFile } from "./part-file.js";

/** Whole blocks that wait for the disk before no more is read: with the one that fills, 16 MiB a connection. */
const BLOCKS_WAITING = 3;

/** Pieces of a block are put together when there are so many, so that a server of tiny ones does not fill the memory. */
const MAX_PIECES = 1024;

/**
 * Collects bytes into blocks and writes them while the next ones fill. The bytes stay where the socket put them and are hashed while they are in
 * the processor's cache: copying them for a hash in another thread costs more memory traffic than the hash costs time.
 */
export class BlockWriter {
  /** Offset of the next byte. */
  position = 0;
  private readonly part: PartFile;
  private pieces: Uint8Array[] = [];
  private hash = createHash("sha1");
  private readonly waiting: Promise<void>[] = [];
  private failure: unknown;

  /** @param part - where the blocks go */
  constructor(part: PartFile) {
    this.part = part;
  }

  /** @param position - where the next byte belongs, the start of a block; what is there of another one is given up */
  seek(position: number): void {
    this.position = position;
    this.pieces = [];
    this.hash = createHash("sha1");
  }

  /** @param chunk - the next bytes, not changed any more @throws what the write of a block threw */
  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      const piece = chunk.subarray(at, at + BLOCK_BYTES - (this.position % BLOCK_BYTES));
      this.hash.update(piece);
      this.pieces.push(piece);
      this.position += piece.length;
      at += piece.length;
      if (this.position % BLOCK_BYTES === 0) this.flush();
      else if (this.pieces.length === MAX_PIECES) this.pieces = [Buffer.concat(this.pieces)];
    }
    if (this.waiting.length > BLOCKS_WAITING) await this.waiting.shift();
    if (this.failure !== undefined) throw this.failure;
  }

  /** Writes what is there of a block that is not full. */
  flushRest(): void {
    if (this.pieces.length > 0) this.flush();
  }

  /** Waits for the blocks that are being written; what is left of the last one is given up. @throws what the write of one threw */
  async settle(): Promise<void> {
    await Promise.all(this.waiting);
    if (this.failure !== undefined) throw this.failure;
  }

  private flush(): void {
    const index = Math.ceil(this.position / BLOCK_BYTES) - 1;
    const written = this.part.write(index, this.pieces, this.hash.digest()).catch((error: unknown) => {
      this.failure ??= error;
    });
    this.waiting.push(written);
    this.seek(this.position);
  }
}
