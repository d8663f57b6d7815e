import { TransferError } from "../transfer-error.js";
import { BlockWriter } from "./block-writer.js";
import { checkEtag, type Downloaded, type DownloadOptions } from "./downloaded.js";
import { bytesOf, missingRanges, RANGE_BYTES, type Range } from "./missing-ranges.js";
import { findLeftover, type Leftover, PartFile, removePart } from "./part-file.js";
import { claimPart, type PartPlace } from "./part-place.js";
import type { ContentIdentity, OpenedRange } from "./range-source.js";
import { downloadToStream } from "./stream-download.js";
import { mayTryAgain, openWithRetry, type TryLimits } from "./try-again.js";

/** Ranges that come at the same time where one connection is slower than this, measured after this time. One that is faster fills the machine:
 * more of them cost half as much time again, on loopback and two cores. */
const PARALLEL_RANGES = 4;
const FAST_BYTES_PER_MS = 100_000;
const MEASURE_MS = 200;

/** How often a download starts from nothing again because the content is not what it was, or not what its hash says. */
const MAX_RESTARTS = 2;

/**
 * Downloads to a file: several ranges at a time where the server can, resumed where an earlier try ended, checked against length and hash. The
 * name appears only when the file is complete; until then the bytes are in `<path>.part`, or, of downloads to the same path at the same time, in files
 * of their own. To what is not a file the bytes go in their order.
 *
 * @param options - what and where to
 * @returns what was downloaded
 * @throws TransferError HTTP_STATUS, SOURCE_CHANGED, HASH_MISMATCH, DISK_FULL, FILE_UNWRITABLE, ABORTED, and those of the connection
 */
export async function downloadFile(options: DownloadOptions): Promise<Downloaded> {
  const { timeoutMs, signal } = options;
  if (timeoutMs === undefined) return downloadUntilWhole(options);
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    return await downloadUntilWhole({ ...options, signal: signal ? AbortSignal.any([signal, timeout]) : timeout });
  } catch (error) {
    if (!timeout.aborted || !(error instanceof TransferError) || error.code !== "ABORTED") throw error;
    throw new TransferError("REQUEST_TIMEOUT", `not complete within ${timeoutMs} ms; what came so far is kept`, { cause: error });
  }
}

async function downloadUntilWhole(options: DownloadOptions): Promise<Downloaded> {
  const { target, signal } = options;
  if (target.kind !== "file") return downloadToStream(options, target, signal ?? new AbortController().signal);
  const place = claimPart(target.path, target.mode);
  try {
    for (let restarts = 0; ; restarts += 1) {
      try {
        return await new Download(options, place).run();
      } catch (error) {
        const isOther = error instanceof TransferError && (error.code === "SOURCE_CHANGED" || error.code === "HASH_MISMATCH");
        if (!isOther) throw error;
        await removePart(place);
        if (restarts === MAX_RESTARTS) throw error;
      }
    }
  } finally {
    if (place.isPrivate) await removePart(place);
    await place.release();
  }
}

/** One try from what is on the disk to the finished file. */
class Download {
  private readonly options: DownloadOptions;
  private readonly place: PartPlace;
  private readonly stop = new AbortController();
  private identity: ContentIdentity = {};
  private bytes = 0;
  private addWorkers: (() => void) | undefined;

  constructor(options: DownloadOptions, place: PartPlace) {
    this.options = options;
    this.place = place;
  }

  async run(): Promise<Downloaded> {
    const { signal } = this.options;
    const abort = () => this.stop.abort();
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort, { once: true });
    try {
      const leftover = await findLeftover(this.place);
      const [range = { start: 0, end: RANGE_BYTES }] = leftover ? missingRanges(leftover.digests, leftover.identity.totalBytes) : [];
      const first = await this.openFirst(range);
      this.identity = { ...(first.validator ? { validator: first.validator } : {}), ...totalOf(first) };
      const isSame = leftover?.identity.validator === first.validator && leftover?.identity.totalBytes === first.totalBytes;
      return await this.fill(first, isSame ? leftover : undefined);
    } finally {
      signal?.removeEventListener("abort", abort);
      this.stop.abort();
    }
  }

  /** Where nothing tells whether the content stays the same, it has to come in one piece. */
  private async openFirst(range: Range): Promise<OpenedRange> {
    const { source } = this.options;
    const first = await openWithRetry(() => source.open(range.start, range.end, this.stop.signal), this.limits());
    if (!first.isRanged || first.validator !== undefined) return first;
    first.discard();
    return openWithRetry(() => source.open(0, undefined, this.stop.signal), this.limits());
  }

  private async fill(first: OpenedRange, leftover: Leftover | undefined): Promise<Downloaded> {
    const { onProgress } = this.options;
    const { totalBytes } = first;
    const part = await PartFile.open(this.place, this.identity, leftover);
    try {
      let ranges = missingRanges(part.digests, totalBytes);
      if (!first.isRanged) {
        ranges = [{ start: ranges[0]?.start ?? 0, end: totalBytes ?? Number.POSITIVE_INFINITY }];
        part.forgetFrom(ranges[0]?.start ?? 0);
      }
      this.bytes = bytesOf(part.digests, totalBytes);
      const resumedBytes = this.bytes;
      onProgress?.(this.bytes, totalBytes);
      await this.fillAll(part, ranges, first);
      await part.trim(this.bytes);
      checkEtag(first, part.etag());
      await part.finish();
      return { status: first.status, headers: first.headers, path: this.place.path, bytes: this.bytes, resumedBytes, etag: part.etag() };
    } catch (error) {
      await part.close();
      throw error;
    }
  }

  private async fillAll(part: PartFile, ranges: Range[], first: OpenedRange): Promise<void> {
    let opened: OpenedRange | undefined = first;
    if (ranges[0] === undefined || first.start > ranges[0].start) {
      opened = undefined;
      first.discard();
    }
    const work = async () => {
      const writer = new BlockWriter(part);
      try {
        for (let range = ranges.shift(); range; range = ranges.shift()) {
          const answer = opened;
          opened = undefined;
          await this.fillRange(writer, range, answer);
        }
      } finally {
        // Also after a failure: a whole block counts, the beginning of one does not.
        await writer.settle();
      }
    };
    const errors: unknown[] = [];
    const workers: Promise<void>[] = [];
    // The first failure ends the others; their blocks in flight are written before the file is closed.
    const start = () => {
      workers.push(
        work().catch((error: unknown) => {
          errors.push(error);
          this.stop.abort();
        }),
      );
    };
    start();
    const startMs = performance.now();
    const startBytes = this.bytes;
    this.addWorkers = () => {
      const ms = performance.now() - startMs;
      if (ms < MEASURE_MS) return;
      this.addWorkers = undefined;
      if ((this.bytes - startBytes) / ms < FAST_BYTES_PER_MS) while (workers.length < PARALLEL_RANGES) start();
    };
    // Grows only while a worker runs.
    for (const worker of workers) await worker;
    const cause = errors.find((error) => !(error instanceof TransferError && error.code === "ABORTED")) ?? errors[0];
    if (cause !== undefined) throw cause;
  }

  private async fillRange(writer: BlockWriter, range: Range, first: OpenedRange | undefined): Promise<void> {
    const isWhole = this.identity.validator === undefined || range.end === Number.POSITIVE_INFINITY;
    let opened = first;
    writer.seek(range.start);
    for (let failures = 0; writer.position < range.end; opened = undefined) {
      const before = writer.position;
      try {
        opened ??= await this.options.source.open(before, isWhole ? undefined : range.end, this.stop.signal);
        if (await this.copy(opened, writer, range)) break;
      } catch (error) {
        failures = writer.position > before && !isWhole ? 1 : failures + 1;
        await mayTryAgain(error, failures, this.limits());
        if (!isWhole) continue;
        // Nothing says that the rest would belong to what is there.
        writer.seek(0);
        this.bytes = 0;
      }
    }
    writer.flushRest();
  }

  /** @returns whether the content has come to its end, where its length is not known */
  private async copy(opened: OpenedRange, writer: BlockWriter, range: Range): Promise<boolean> {
    if (opened.validator !== this.identity.validator || opened.totalBytes !== this.identity.totalBytes) {
      opened.discard();
      throw new TransferError("SOURCE_CHANGED", "the content changed on the server during the download; download it again");
    }
    let skipBytes = writer.position - opened.start;
    for await (const chunk of opened.body) {
      const wanted = chunk.subarray(skipBytes, skipBytes + range.end - writer.position);
      skipBytes = Math.max(0, skipBytes - chunk.length);
      if (wanted.length === 0) {
        if (writer.position < range.end) continue;
        break;
      }
      await writer.write(wanted);
      this.bytes += wanted.length;
      this.addWorkers?.();
      this.options.onProgress?.(this.bytes, this.identity.totalBytes);
    }
    if (range.end === Number.POSITIVE_INFINITY) return true;
    if (writer.position < range.end)
      throw new TransferError("CONNECTION_LOST", `the answer ended at byte ${writer.position} of ${range.end}`);
    return false;
  }

  private limits(): TryLimits {
    const { maxRetries, policy } = this.options;
    return { maxRetries, policy, signal: this.stop.signal };
  }
}

function totalOf({ totalBytes }: ContentIdentity): ContentIdentity {
  return totalBytes === undefined ? {} : { totalBytes };
}
