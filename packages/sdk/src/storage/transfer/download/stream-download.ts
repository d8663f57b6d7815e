import { constants, createWriteStream, type WriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { EtagHasher } from "ava-kodo";
import { TransferError } from "../transfer-error.js";
import { checkEtag, type Downloaded, type DownloadOptions } from "./downloaded.js";
import type { OpenedRange } from "./range-source.js";
import type { DownloadTarget } from "./target.js";
import { mayTryAgain, openWithRetry } from "./try-again.js";

/**
 * Downloads to what is not a file: bytes are written in their order, each once. A connection that breaks is resumed where the server can.
 *
 * @param options - what, how often
 * @param target - where to
 * @param signal - ends the download
 * @returns what was downloaded
 * @throws TransferError as of `downloadFile`; what was written before stays written
 */
export async function downloadToStream(options: DownloadOptions, target: DownloadTarget, signal: AbortSignal): Promise<Downloaded> {
  const limits = { ...options, signal };
  const first = await openWithRetry(() => options.source.open(0, undefined, signal), limits);
  const hasher = new EtagHasher();
  let bytes = 0;
  async function* content(): AsyncGenerator<Buffer, void, undefined> {
    let failures = 0;
    for (let opened: OpenedRange | undefined = first; ; opened = undefined) {
      const before = bytes;
      try {
        opened ??= await options.source.open(bytes, first.totalBytes, signal);
        for await (const chunk of rest(opened, first, bytes)) {
          bytes += chunk.length;
          await hasher.write(chunk);
          yield chunk;
          options.onProgress?.(bytes, first.totalBytes);
        }
        if (first.totalBytes === undefined || bytes >= first.totalBytes) return;
        throw new TransferError("CONNECTION_LOST", `the answer ended at byte ${bytes} of ${first.totalBytes}`);
      } catch (error) {
        failures = bytes > before ? 1 : failures + 1;
        // Nothing says that the rest would belong to what was written.
        if (bytes > 0 && (first.validator === undefined || first.totalBytes === undefined)) throw error;
        await mayTryAgain(error, failures, limits);
      }
    }
  }
  try {
    await writeStream(content(), target);
  } catch (cause) {
    if (cause instanceof TransferError) throw cause;
    const { code = (cause as Error).message } = cause as NodeJS.ErrnoException;
    throw new TransferError("FILE_UNWRITABLE", `can't write ${target.path} (${code})`, { cause });
  }
  const etag = await hasher.end();
  checkEtag(first, etag);
  return { status: first.status, headers: first.headers, path: target.path, bytes, resumedBytes: 0, etag };
}

/** The bytes of an answer from a position on. */
async function* rest(opened: OpenedRange, first: OpenedRange, position: number): AsyncGenerator<Buffer, void, undefined> {
  if (opened.validator !== first.validator || opened.totalBytes !== first.totalBytes) {
    opened.discard();
    throw new TransferError("SOURCE_CHANGED", "the content changed on the server during the download; download it again");
  }
  let skipBytes = position - opened.start;
  for await (const chunk of opened.body) {
    if (chunk.length > skipBytes) yield chunk.subarray(skipBytes);
    skipBytes = Math.max(0, skipBytes - chunk.length);
  }
}

/**
 * Writes bytes to what is not a file.
 *
 * @param content - the bytes
 * @param target - where to; the standard streams stay open
 */
export async function writeStream(content: AsyncIterable<Uint8Array>, target: DownloadTarget): Promise<void> {
  const standard = target.kind === "descriptor" ? [undefined, process.stdout, process.stderr][target.descriptor] : undefined;
  if (standard) return pipeline(content, standard, { end: false });
  return pipeline(content, openStream(target));
}

function openStream(target: DownloadTarget): WriteStream {
  if (target.kind === "descriptor") return createWriteStream("", { fd: target.descriptor, autoClose: false });
  // Neither made nor emptied: it is there.
  return createWriteStream(target.path, { flags: constants.O_WRONLY as unknown as string });
}
