import { createHash, webcrypto } from "node:crypto";
import { fromUrlsafeBase64, urlsafeBase64 } from "./sign.js";

/** Objects are hashed in blocks of this size. */
export const BLOCK_BYTES: number = 4 * 1024 * 1024;

/** Blocks that are hashed at the same time: what bounds memory, and enough for libuv's pool of four threads. */
const BLOCKS_AT_ONCE = 4;

/** First byte of a hash: what it is the hash of. */
const SINGLE_BLOCK = 0x16;
const BLOCKS = 0x96;
const PARTS = 0x9e;

/**
 * Computes the hash that Kodo answers with for these bytes. Large sources are hashed outside the event loop, several blocks at a time, in at
 * most 24 MiB of memory.
 *
 * @param source - bytes, or a stream of chunks, which is read to its end; a chunk may be changed once the next one is asked for
 * @returns the etag without quotes
 * @throws what reading the source throws
 */
export async function qetag(source: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<string> {
  const hasher = new EtagHasher();
  if (source instanceof Uint8Array) await hasher.write(source);
  else for await (const chunk of source) await hasher.write(chunk);
  return hasher.end();
}

/** Hashes bytes as they come, for {@link qetag}. */
export class EtagHasher {
  private readonly digests: Promise<Uint8Array>[] = [];
  private readonly block: Buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  private filledBytes = 0;

  /**
   * @param chunk - the next bytes; may be changed once this has resolved
   * @returns when more may be written
   */
  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      const piece = chunk.subarray(at, at + BLOCK_BYTES - this.filledBytes);
      at += piece.length;
      if (piece.length === BLOCK_BYTES) {
        await this.hashBlock(piece);
        continue;
      }
      this.block.set(piece, this.filledBytes);
      this.filledBytes += piece.length;
      if (this.filledBytes < BLOCK_BYTES) continue;
      this.filledBytes = 0;
      await this.hashBlock(this.block);
    }
  }

  /** @returns the etag of everything written */
  async end(): Promise<string> {
    if (this.filledBytes > 0 || this.digests.length === 0) await this.hashBlock(this.block.subarray(0, this.filledBytes));
    return etagOfBlocks(await Promise.all(this.digests));
  }

  private async hashBlock(block: Uint8Array): Promise<void> {
    this.digests.push(sha1(block));
    // Bounds the blocks that wait for a thread of the pool.
    await this.digests.at(-BLOCKS_AT_ONCE);
  }
}

/**
 * @param digests - SHA-1 of each block of 4 MiB, the last of at most that; one for an empty object
 * @returns the etag
 */
export function etagOfBlocks(digests: readonly Uint8Array[]): string {
  const [first] = digests;
  return digests.length === 1 && first ? tagged(SINGLE_BLOCK, first) : tagged(BLOCKS, sha1Now(digests));
}

/** A part of a multipart upload: its bytes, or what the server answered for them. */
export type EtagPart = Uint8Array | { etag: string; size: number };

/**
 * Computes the hash of an object that was made of parts. Parts of 4 MiB (the last of at most that) give the plain {@link qetag}.
 *
 * @param parts - all parts in their order
 * @returns the etag without quotes
 */
export function composedEtag(parts: readonly EtagPart[]): string {
  if (parts.length === 0) return tagged(SINGLE_BLOCK, sha1Now([]));
  const known = parts.map((part) => (part instanceof Uint8Array ? { etag: etagNow(part), size: part.length } : part));
  const digests = known.map(({ etag }) => fromUrlsafeBase64(etag).subarray(1));
  const isPlain = known.every(({ size }, index) => (index === known.length - 1 ? size <= BLOCK_BYTES : size === BLOCK_BYTES));
  return isPlain ? etagOfBlocks(digests) : tagged(PARTS, sha1Now(digests));
}

/** @param etag - an etag without quotes @returns whether {@link qetag} of the bytes has to give it */
export function isPlainEtag(etag: string): boolean {
  const bytes = fromUrlsafeBase64(etag);
  return /^[\w-]{28}$/.test(etag) && (bytes[0] === SINGLE_BLOCK || bytes[0] === BLOCKS);
}

function etagNow(bytes: Uint8Array): string {
  const digests: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += BLOCK_BYTES) digests.push(sha1Now([bytes.subarray(at, at + BLOCK_BYTES)]));
  return etagOfBlocks(digests);
}

/** @param block - copied before this returns, so it may be used again at once @returns its SHA-1, computed by libuv's pool */
export async function sha1(block: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await webcrypto.subtle.digest("SHA-1", block as Uint8Array<ArrayBuffer>));
}

function sha1Now(pieces: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha1");
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}

function tagged(kind: number, digest: Uint8Array): string {
  return urlsafeBase64(Buffer.concat([Uint8Array.of(kind), digest]));
}
