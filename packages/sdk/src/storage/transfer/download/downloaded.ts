import type { IncomingHttpHeaders } from "node:http";
import { isPlainEtag } from "ava-kodo";
import type { RetryPolicy } from "../retry/policy.js";
import { TransferError } from "../transfer-error.js";
import type { OpenedRange, RangeSource } from "./range-source.js";
import type { DownloadTarget } from "./target.js";

/** What to download, and where to. */
export interface DownloadOptions {
  source: RangeSource;
  /** Path of the finished file, or what else bytes are written to; its folder exists. */
  target: DownloadTarget;
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
 * @param answer - whose headers may tell the content's etag
 * @param etag - of the bytes that came
 * @throws TransferError HASH_MISMATCH when they differ
 */
export function checkEtag({ headers }: OpenedRange, etag: string): void {
  const told = (headers.etag ?? "").replace(/^"|"$/g, "").replace(/\.gz$/, "");
  if (!isPlainEtag(told) || told === etag) return;
  throw new TransferError("HASH_MISMATCH", `the bytes that came have the hash ${etag}, the server says ${told}`);
}
