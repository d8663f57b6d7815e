import { crc32 } from "ava-protocol";
import { RefusedError } from "../../refused-error.js";

/** Fragments do not go over the end of a block; blocks are counted from the start of the file. */
const BLOCK_BYTES = 32_768;
/** `:W&B`, a magic number, the version. */
const HEADER = [0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe] as const;
const HEADER_BYTES = 7;
/** Checksum, length and type of a fragment. */
const FRAGMENT_HEAD_BYTES = 7;
const TYPE = { full: 1, first: 2, middle: 3, last: 4 } as const;

/** Reads the records of an offline file of wandb, a log in the form of LevelDB's, from its bytes as they come; without I/O. */
export class WandbLogReader {
  /** Places at which something is damaged; reading goes on in the next block. */
  damagedPlaces = 0;
  private bytes: Uint8Array = new Uint8Array();
  /** Where `bytes` begin in the file. */
  private offset = 0;
  /** To be passed over when they come. */
  private skipBytes = 0;
  private fragments: Uint8Array[] | undefined;
  private hasHeader = false;

  /** @param chunk - bytes that follow */
  feed(chunk: Uint8Array): void {
    const joined = new Uint8Array(this.bytes.length + chunk.length);
    joined.set(this.bytes);
    joined.set(chunk, this.bytes.length);
    this.bytes = joined;
  }

  /** @returns the next whole record; `undefined` when its bytes are not all here @throws RefusedError `invalid` when it is not such a file */
  next(): Uint8Array | undefined {
    if (!this.hasHeader && !this.readHeader()) return undefined;
    for (;;) {
      const skipped = Math.min(this.skipBytes, this.bytes.length);
      this.skipBytes -= skipped;
      this.take(skipped);
      const leftBytes = BLOCK_BYTES - (this.offset % BLOCK_BYTES);
      if (leftBytes < FRAGMENT_HEAD_BYTES) {
        this.skipBytes = leftBytes;
        if (this.bytes.length < leftBytes) return undefined;
        continue;
      }
      if (this.bytes.length < FRAGMENT_HEAD_BYTES) return undefined;
      const view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
      const [length, type] = [view.getUint16(4, true), view.getUint8(6)];
      const end = FRAGMENT_HEAD_BYTES + length;
      if (end > leftBytes || type < TYPE.full || type > TYPE.last) {
        this.passBlock(leftBytes, type !== 0 || length !== 0);
        continue;
      }
      if (this.bytes.length < end) return undefined;
      // Of the type and the content.
      if (crc32(this.bytes.subarray(6, end)) !== view.getUint32(0, true)) {
        this.passBlock(leftBytes, true);
        continue;
      }
      const content = this.bytes.subarray(FRAGMENT_HEAD_BYTES, end);
      this.take(end);
      const record = this.join(content, type);
      if (record) return record;
    }
  }

  private readHeader(): boolean {
    if (this.bytes.length < HEADER_BYTES) return false;
    if (HEADER.some((byte, index) => this.bytes[index] !== byte)) throw new RefusedError("invalid", "this is not an offline file of wandb");
    this.take(HEADER_BYTES);
    this.hasHeader = true;
    return true;
  }

  private take(bytes: number): void {
    this.bytes = this.bytes.subarray(bytes);
    this.offset += bytes;
  }

  /** Where the next fragment begins in this block is not known. */
  private passBlock(leftBytes: number, isDamaged: boolean): void {
    if (isDamaged) this.damagedPlaces += 1;
    this.fragments = undefined;
    this.skipBytes = leftBytes;
  }

  private join(content: Uint8Array, type: number): Uint8Array | undefined {
    if (type === TYPE.full || type === TYPE.first) this.fragments = [content];
    else if (!this.fragments) return undefined;
    else this.fragments.push(content);
    if (type === TYPE.first || type === TYPE.middle) return undefined;
    const fragments = this.fragments;
    this.fragments = undefined;
    if (fragments.length === 1) return content;
    const record = new Uint8Array(fragments.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const fragment of fragments) {
      record.set(fragment, at);
      at += fragment.length;
    }
    return record;
  }
}
