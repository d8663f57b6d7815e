import { maskedCrc32c } from "./crc32c.js";

/** Length and its checksum. */
const HEAD_BYTES = 12;
const TAIL_BYTES = 4;
/** A length beyond this is not one. */
const MOST_RECORD_BYTES = 268_435_456;

/** One record of a file. */
export interface TfRecord {
  /** Where it begins in the file. */
  offset: number;
  content: Uint8Array;
}

/** Reads records from the bytes of a TFRecord file as they come; without I/O. */
export class TfRecordReader {
  /** Where the record that comes next begins. */
  offset = 0;
  /** Records whose content is damaged; they are passed over. */
  damagedRecords = 0;
  private chunks: Uint8Array[] = [];
  private waitingBytes = 0;
  private neededBytes = HEAD_BYTES;
  private hasStopped = false;

  /** The length of a record is damaged: where the next one begins is not known, and nothing more is read. */
  get isCutOff(): boolean {
    return this.hasStopped;
  }

  /** Where the bytes that it has end: from there it is fed. */
  get fedBytes(): number {
    return this.offset + this.waitingBytes;
  }

  /** @param chunk - bytes that follow; kept until they are read */
  feed(chunk: Uint8Array): void {
    this.chunks.push(chunk);
    this.waitingBytes += chunk.length;
  }

  /** @returns the next whole record; `undefined` when its bytes are not all here */
  next(): TfRecord | undefined {
    while (!this.hasStopped && this.waitingBytes >= this.neededBytes) {
      const bytes = this.joined();
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      const length = Number(view.getBigUint64(0, true));
      if (view.getUint32(8, true) !== maskedCrc32c(bytes.subarray(0, 8)) || length > MOST_RECORD_BYTES) {
        this.hasStopped = true;
        return undefined;
      }
      const recordBytes = HEAD_BYTES + length + TAIL_BYTES;
      if (bytes.length < recordBytes) {
        this.neededBytes = recordBytes;
        return undefined;
      }
      const content = bytes.subarray(HEAD_BYTES, HEAD_BYTES + length);
      const record = { offset: this.offset, content };
      this.chunks = [bytes.subarray(recordBytes)];
      this.waitingBytes -= recordBytes;
      this.neededBytes = HEAD_BYTES;
      this.offset += recordBytes;
      if (view.getUint32(recordBytes - TAIL_BYTES, true) === maskedCrc32c(content)) return record;
      this.damagedRecords += 1;
    }
    return undefined;
  }

  /** Only when a record is whole are the chunks joined: one of 100 MB comes in many. */
  private joined(): Uint8Array {
    const [first] = this.chunks;
    if (this.chunks.length === 1 && first) return first;
    const bytes = new Uint8Array(this.waitingBytes);
    let at = 0;
    for (const chunk of this.chunks) {
      bytes.set(chunk, at);
      at += chunk.length;
    }
    this.chunks = [bytes];
    return bytes;
  }
}

/** @param content - of a record @returns the record as it stands in a file */
export function encodeTfRecord(content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + content.length + TAIL_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(content.length), true);
  view.setUint32(8, maskedCrc32c(bytes.subarray(0, 8)), true);
  bytes.set(content, HEAD_BYTES);
  view.setUint32(HEAD_BYTES + content.length, maskedCrc32c(content), true);
  return bytes;
}
