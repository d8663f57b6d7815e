import { type BatchHeader, decodeBatchHead } from "ava-protocol";
import { PlatformError } from "../../error.js";

const WRITER_ID = /^[0-9A-Za-z_-]{8,64}$/;

/**
 * Reads the header of a request body. Whether its training and its labels may be named so is not looked at.
 *
 * @throws PlatformError `bad_records`
 */
export function readBatchHeader(body: Uint8Array): { header: BatchHeader; recordsAt: number } {
  const head = decodeBatchHead(body);
  if (typeof head === "string") throw badRecords(`the header is ${head}`);
  const { header } = head;
  if (typeof header !== "object" || header === null) throw badRecords("the header is damaged");
  if (typeof header.writer !== "string" || !WRITER_ID.test(header.writer)) throw badRecords("the header has no valid writer id");
  if (typeof header.training !== "string") throw badRecords("the header has no training name");
  if (!Number.isSafeInteger(header.prevSeq) || header.prevSeq < 0) throw badRecords("the header has no valid prevSeq");
  const labels: unknown = header.labels ?? {};
  if (typeof labels !== "object" || !Object.values(labels as object).every((value) => typeof value === "string")) {
    throw badRecords("the labels of the header must be texts");
  }
  return { header, recordsAt: head.end };
}

/** @returns the error for a damaged body */
export function badRecords(what: string): PlatformError {
  return new PlatformError("bad_records", `The body was refused, nothing of it was kept: ${what}.`);
}
