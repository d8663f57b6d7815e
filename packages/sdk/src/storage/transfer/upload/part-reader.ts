import type { SourceFile } from "./source-file.js";

/** The smallest part is a block of Kodo's hash, so that the object's hash is the plain one. */
export const SMALLEST_PART_BYTES: number = 4 * 1024 * 1024;

/** No store takes more parts. */
const MAX_PARTS = 10_000;

/** @param fileBytes - size of a file @param wantedBytes - wished size of a part @returns size of a part: whole blocks, at most 10,000 parts */
export function choosePartBytes(fileBytes: number, wantedBytes: number = SMALLEST_PART_BYTES): number {
  const least = Math.max(wantedBytes, fileBytes / MAX_PARTS, SMALLEST_PART_BYTES);
  return Math.ceil(least / SMALLEST_PART_BYTES) * SMALLEST_PART_BYTES;
}

/** One part of a file. */
export interface FilePart {
  /** From 1. */
  number: number;
  bytes: Uint8Array;
}

/**
 * Gives the parts of a file to workers, each part once. A worker reads into a buffer of its own, so memory is workers x part size, and a part is
 * read only when a worker is free for it.
 *
 * @param source - the file
 * @param partBytes - size of all parts but the last
 * @param isDone - parts that are not wanted
 * @param work - uploads a part; its bytes may be used until it resolves
 * @param options - workers; signal
 * @throws the first failure; the signal that `work` gets ends the others, and all have ended
 */
export async function forEachPart(
  source: SourceFile,
  partBytes: number,
  isDone: (number: number) => boolean,
  work: (part: FilePart, signal: AbortSignal) => Promise<void>,
  options: { workers: number; signal?: AbortSignal | undefined },
): Promise<void> {
  const failure = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failure.signal]) : failure.signal;
  const count = partCount(source.bytes, partBytes);
  let next = 1;
  const worker = async () => {
    let buffer: Uint8Array | undefined;
    for (let number = next++; number <= count && !signal.aborted; number = next++) {
      if (isDone(number)) continue;
      buffer ??= Buffer.allocUnsafeSlow(Math.min(partBytes, source.bytes));
      const bytes = buffer.subarray(0, partSize(source.bytes, partBytes, number));
      await source.read(bytes, (number - 1) * partBytes);
      await work({ number, bytes }, signal);
    }
  };
  let first: { error: unknown } | undefined;
  const workers = Array.from({ length: Math.min(options.workers, count) }, () =>
    worker().catch((error: unknown) => {
      first ??= { error };
      failure.abort();
    }),
  );
  await Promise.all(workers);
  if (first) throw first.error;
}

/** @param fileBytes - size of a file @param partBytes - of a part @returns how many parts it has */
export function partCount(fileBytes: number, partBytes: number): number {
  return Math.ceil(fileBytes / partBytes);
}

/** @param fileBytes - size of a file @param partBytes - of a part @param number - of the part, from 1 @returns its size */
export function partSize(fileBytes: number, partBytes: number, number: number): number {
  return Math.min(partBytes, fileBytes - (number - 1) * partBytes);
}
