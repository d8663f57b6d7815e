import { RECORD_HEAD_BYTES, RECORD_TYPE, readFrame } from "ava-protocol";
import { CrcOfParts } from "./crc-of-parts.js";
import { fastCrc32 } from "./fast-crc32.js";

const HIGHEST_TYPE: number = Math.max(...Object.values(RECORD_TYPE));

/** A record found behind damage may be this many seqs later; more is taken for chance. */
const MOST_LOST_SEQS = 10_000_000;

/**
 * Looks for the first whole record behind a damaged place, in a time that grows with the length of what is searched, whatever it holds.
 *
 * @param bytes - what follows the last good record
 * @param lastSeq - seq of the last good record
 * @returns offset of the next whole record, or `undefined`
 */
export function findNextRecord(bytes: Uint8Array, lastSeq: number): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sum = sumOfCandidates(bytes);
  for (let at = 1; at + RECORD_HEAD_BYTES <= bytes.length; at++) {
    const type = view.getUint8(at + 16);
    if (type === 0 || type > HIGHEST_TYPE) continue;
    const seq = view.getUint32(at + 8, true) + view.getUint32(at + 12, true) * 0x1_0000_0000;
    if (seq <= lastSeq || seq > lastSeq + MOST_LOST_SEQS) continue;
    if (typeof readFrame(bytes, at, sum) !== "string") return at;
  }
  return undefined;
}

/** Most often the first candidate is the record. Bytes that look like many heads would be summed up again and again. */
function sumOfCandidates(all: Uint8Array): (bytes: Uint8Array, start: number, end: number) => number {
  let leftBytes = all.length;
  let parts: CrcOfParts | undefined;
  return (bytes, start, end) => {
    leftBytes -= end - start;
    if (leftBytes >= 0) return fastCrc32(bytes, start, end);
    parts ??= new CrcOfParts(all);
    return parts.of(start, end);
  };
}
