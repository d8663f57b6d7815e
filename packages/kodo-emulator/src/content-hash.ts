import { createHash, type Hash } from "node:crypto";

/** Kodo hashes in blocks of 4 MiB. */
export const BLOCK_BYTES: number = 4 * 1024 * 1024;

const urlsafe = (bytes: Buffer) => bytes.toString("base64").replaceAll("+", "-").replaceAll("/", "_");
const sha1 = (bytes: Buffer) => createHash("sha1").update(bytes).digest();

/** Takes bytes in pieces and gives the SHA-1 of each block of 4 MiB. */
export class BlockHasher {
  #hash: Hash = createHash("sha1");
  #room = BLOCK_BYTES;
  readonly #blocks: Buffer[] = [];
  bytes = 0;

  /** @param piece - the next bytes */
  update(piece: Uint8Array): void {
    this.bytes += piece.length;
    for (let rest = piece; rest.length > 0; ) {
      const taken = rest.subarray(0, this.#room);
      this.#hash.update(taken);
      this.#room -= taken.length;
      if (this.#room === 0) this.#endBlock();
      rest = rest.subarray(taken.length);
    }
  }

  /** @returns SHA-1 of every block; one, of nothing, for no bytes. Ends the hasher. */
  finish(): Buffer[] {
    if (this.#room < BLOCK_BYTES || this.bytes === 0) this.#endBlock();
    return this.#blocks;
  }

  #endBlock(): void {
    this.#blocks.push(this.#hash.digest());
    this.#hash = createHash("sha1");
    this.#room = BLOCK_BYTES;
  }
}

/** @param blocks - SHA-1 of each block of 4 MiB @returns the object's hash */
export function hashOfBlocks(blocks: readonly Buffer[]): string {
  const [only] = blocks;
  if (blocks.length === 1 && only) return urlsafe(Buffer.concat([Buffer.of(0x16), only]));
  return urlsafe(Buffer.concat([Buffer.of(0x96), sha1(Buffer.concat(blocks))]));
}

/**
 * @param parts - size and hash of each part of a resumable upload v2, in order
 * @returns the object's hash: the plain one where the parts are blocks of 4 MiB
 */
export function hashOfParts(parts: readonly { bytes: number; etag: string }[]): string {
  const digests = parts.map(({ etag }) => Buffer.from(etag, "base64url").subarray(1));
  const arePlain = parts.every(({ bytes }, index) => (index < parts.length - 1 ? bytes === BLOCK_BYTES : bytes <= BLOCK_BYTES));
  if (arePlain) return hashOfBlocks(digests);
  return urlsafe(Buffer.concat([Buffer.of(0x9e), sha1(Buffer.concat(digests))]));
}
