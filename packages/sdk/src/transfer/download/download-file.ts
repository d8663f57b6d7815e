import type { IncomingHttpHeaders } from "node:http";
import { isPlainEtag } from "../../kodo/etag.js";
import { decide, type RetryPolicy } from "../retry/policy.js";
import { pauseAfter } from "../retry/with-retry.js";
import { TransferError } from "../transfer-error.js";
import { BlockWriter } from "./block-writer.js";
import { bytesOf, missingRanges, RANGE_BYTES, type Range } from "./missing-ranges.js";
import { findLeftover, type Leftover, PartFile, removePart } from "./part-file.js";
import type { ContentIdentity, OpenedRange, RangeSource } from "./range-source.js";

/** Ranges that come at the same time where one connection is slower than this, measured after this time. One that is faster fills the machine:
 * more of them cost half as much time again, on loopback and two cores. */
const PARALLEL_RANGES = 4;
const FAST_BYTES_PER_MS = 100_000;
const MEASURE_MS = 200;

/** How often a download starts from nothing again because the content is not what it was, or not what its hash says. */
const MAX_RESTARTS = 2;

/** What to download, and where to. */
export interface DownloadOptions {
  source: RangeSource;
  /** Path of the finished file; its folder exists. */
  path: string;
  /** Retries in a row that bring not a single byte. */
  maxRetries: number;
  policy?: RetryPolicy;
  signal?: AbortSignal | undefined;
  /** For the whole download, in milliseconds; absent: as long as bytes come. */
  timeoutMs?: number | undefined;
  /** Told the bytes that are there, and all bytes where the server tells; what it throws ends the download. */
  onProgress?: (bytes: number, totalBytes: number | undefined) => void;
}

/** A finished download. */
export interface Downloaded {
  /** Status and headers of the first answer. */
  status: number;
  headers: IncomingHttpHeaders;
  path: string;
  /** Length of the file in bytes. */
  bytes: number;
  /** Of these, found on the disk from an earlier try. */
  resumedBytes: number;
  /** The hash that Kodo has of these bytes, computed from what was written. */
  etag: string;
}

/**
 * Downloads to a file: several ranges at a time where the server can, resumed where an earlier try ended, checked against length and hash. The
 * name appears only when the file is complete; until then the bytes are in `<path>.part`.
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
  for (let restarts = 0; ; restarts += 1) {
    try {
      return await new Download(options).run();
    } catch (error) {
      const isOther = error instanceof TransferError && (error.code === "SOURCE_CHANGED" || error.code === "HASH_MISMATCH");
      if (!isOther) throw error;
      await removePart(options.path);
      if (restarts === MAX_RESTARTS) throw error;
    }
  }
}

/** One try from what is on the disk to the finished file. */
class Download {
  private readonly options: DownloadOptions;
  private readonly stop = new AbortController();
  private identity: ContentIdentity = {};
  private bytes = 0;
  private addWorkers: (() => void) | undefined;

  constructor(options: DownloadOptions) {
    this.options = options;
  }

  async run(): Promise<Downloaded> {
    const { path, signal } = this.options;
    const abort = () => this.stop.abort();
    if (signal?.aborted) abort();
    signal?.addEventListener("abort", abort, { once: true });
    try {
      const leftover = await findLeftover(path);
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
    const first = await this.retry(() => this.options.source.open(range.start, range.end, this.stop.signal));
    if (!first.isRanged || first.validator !== undefined) return first;
    first.discard();
    return this.retry(() => this.options.source.open(0, undefined, this.stop.signal));
  }

  private async fill(first: OpenedRange, leftover: Leftover | undefined): Promise<Downloaded> {
    const { path, onProgress } = this.options;
    const { totalBytes } = first;
    const part = await PartFile.open(path, this.identity, leftover);
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
      this.check(part, first);
      await part.finish();
      return { status: first.status, headers: first.headers, path, bytes: this.bytes, resumedBytes, etag: part.etag() };
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
        await this.mayTryAgain(error, failures);
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

  private async retry(open: () => Promise<OpenedRange>): Promise<OpenedRange> {
    for (let failures = 1; ; failures += 1) {
      try {
        return await open();
      } catch (error) {
        await this.mayTryAgain(error, failures);
      }
    }
  }

  /** Waits before the next try, or throws the error: where trying again would not help, or was tried often enough. */
  private async mayTryAgain(error: unknown, failures: number): Promise<void> {
    const { maxRetries, policy } = this.options;
    if (!(error instanceof TransferError)) throw error;
    error.attempts = failures;
    if (failures > maxRetries || decide(error, policy) === "stop") throw error;
    await pauseAfter(error, failures, policy, this.stop.signal);
  }

  private check(part: PartFile, { headers }: OpenedRange): void {
    const told = (headers.etag ?? "").replace(/^"|"$/g, "").replace(/\.gz$/, "");
    const etag = part.etag();
    if (!isPlainEtag(told) || told === etag) return;
    throw new TransferError("HASH_MISMATCH", `the bytes that came have the hash ${etag}, the server says ${told}; nothing was kept`);
  }
}

function totalOf({ totalBytes }: ContentIdentity): ContentIdentity {
  return totalBytes === undefined ? {} : { totalBytes };
}
