import { availableParallelism } from "node:os";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const gzipMember = promisify(gzip);

/** Input of one gzip member. Larger ones compress hardly better; smaller ones keep the threads waiting for each other. */
const MEMBER_BYTES = 4_194_304;

/**
 * Compresses a stream as gzip members, several at a time on libuv's threads. Members one after the other are one gzip file
 * (RFC 1952, section 2.2), and every gunzip reads it as such.
 *
 * @param source - pieces of any size
 * @param level - 1 to 9
 * @param workers - members at a time; two more than there are processors, so that none waits for the disk. Memory is about this times 8 MiB
 * @returns the members in order; one empty member for an empty source
 */
export async function* gzipMembers(
  source: AsyncIterable<Uint8Array>,
  level: number,
  workers: number = availableParallelism() + 2,
): AsyncGenerator<Uint8Array, void, undefined> {
  const running: Promise<Uint8Array>[] = [];
  let count = 0;
  try {
    for await (const block of blocksOf(source)) {
      // An output buffer for the whole member: growing in small steps costs more than the compression itself.
      running.push(gzipMember(block, { level, chunkSize: block.length + 1024 }));
      count += 1;
      if (running.length >= workers) yield (await running.shift()) as Uint8Array;
    }
    if (count === 0) running.push(gzipMember(new Uint8Array(), { level }));
    for (let member = running.shift(); member; member = running.shift()) yield await member;
  } finally {
    // When the reader stops early, these are not waited for any more.
    for (const member of running) member.catch(() => undefined);
  }
}

async function* blocksOf(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let block = new Uint8Array(MEMBER_BYTES);
  let filled = 0;
  for await (const piece of source) {
    for (let at = 0; at < piece.length; ) {
      const taken = Math.min(piece.length - at, MEMBER_BYTES - filled);
      block.set(piece.subarray(at, at + taken), filled);
      filled += taken;
      at += taken;
      if (filled === MEMBER_BYTES) {
        yield block;
        block = new Uint8Array(MEMBER_BYTES);
        filled = 0;
      }
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}
