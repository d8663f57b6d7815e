import { open } from "node:fs/promises";
import { BLOCK_BYTES, qetag as qetagOfBytes } from "ava-kodo";

/** Something that can be hashed: bytes, the path of a file, or a stream of chunks. */
export type HashSource = Uint8Array | string | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Computes the hash that Kodo answers with for these bytes. Large sources are hashed outside the event loop, several blocks at a time, in at
 * most 24 MiB of memory.
 *
 * @param source - bytes, the path of a file, or a stream of chunks, which is read to its end
 * @returns the etag without quotes
 * @throws what reading the source throws
 */
export async function qetag(source: HashSource): Promise<string> {
  return qetagOfBytes(typeof source === "string" ? chunksOf(source) : source);
}

/** All chunks lie in the same memory: each is read when the one before has been hashed. */
async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    const chunk = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length);
      if (bytesRead === 0) return;
      yield chunk.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
