import { crc32 } from "../crc32.js";
import type { Labels } from "../series-key.js";

/** What tells a process of a Linux machine from all others; see docs/formats/journal.md. */
export interface ProcessMark {
  /** Boot id of the kernel. */
  boot: string;
  /** Number of the pid namespace. */
  pidNamespace: string;
  /** Start of the process, in ticks since the boot. */
  startTicks: number;
  /** Hash of the machine's id, where it has one. */
  machine?: string;
}

/** Header of a journal segment. */
export interface SegmentHeader {
  instance: string;
  training: string;
  writer: string;
  segment: number;
  firstSeq: number;
  pid: number;
  host: string;
  /** More of the writing process, where the system tells it. */
  process?: ProcessMark;
  labels?: Labels;
  /** The process that writes it ships it as well: while that one lives, no other does. */
  isSelfShipped?: boolean;
}

/** Header of a request body. */
export interface BatchHeader {
  writer: string;
  training: string;
  prevSeq: number;
  labels?: Labels;
}

/** A decoded header and the offset of the first record after it. */
export interface Head<Header> {
  header: Header;
  end: number;
}

const VERSION = 1;

/**
 * @param header - facts of the segment
 * @returns the bytes that a journal segment starts with
 */
export function encodeSegmentHead(header: SegmentHeader): Uint8Array {
  const head = encodeHead("AVAJ", header);
  const bytes = new Uint8Array(head.length + 4);
  bytes.set(head);
  new DataView(bytes.buffer).setUint32(head.length, crc32(head), true);
  return bytes;
}

/**
 * @param bytes - start of a segment
 * @returns its header; `incomplete` when the bytes end before it does, `damaged` when they are not a header of this version
 */
export function decodeSegmentHead(bytes: Uint8Array): Head<SegmentHeader> | "incomplete" | "damaged" {
  const head = decodeHead<SegmentHeader>("AVAJ", bytes);
  if (typeof head === "string") return head;
  if (head.end + 4 > bytes.length) return "incomplete";
  const expected = new DataView(bytes.buffer, bytes.byteOffset).getUint32(head.end, true);
  return crc32(bytes, 0, head.end) === expected ? { header: head.header, end: head.end + 4 } : "damaged";
}

/**
 * @param header - facts of the batch
 * @returns the bytes that a request body starts with; records follow
 */
export function encodeBatchHead(header: BatchHeader): Uint8Array {
  return encodeHead("AVAB", header);
}

/**
 * @param bytes - a request body
 * @returns its header; `incomplete` or `damaged` when there is none
 */
export function decodeBatchHead(bytes: Uint8Array): Head<BatchHeader> | "incomplete" | "damaged" {
  return decodeHead<BatchHeader>("AVAB", bytes);
}

function encodeHead(magic: string, header: object): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length);
  for (let i = 0; i < 4; i++) bytes[i] = magic.charCodeAt(i);
  bytes[4] = VERSION;
  new DataView(bytes.buffer).setUint16(6, json.length, true);
  bytes.set(json, 8);
  return bytes;
}

function decodeHead<Header>(magic: string, bytes: Uint8Array): Head<Header> | "incomplete" | "damaged" {
  for (let i = 0; i < Math.min(4, bytes.length); i++) if (bytes[i] !== magic.charCodeAt(i)) return "damaged";
  if (bytes.length < 8) return "incomplete";
  if (bytes[4] !== VERSION) return "damaged";
  const end = 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint16(6, true);
  if (end > bytes.length) return "incomplete";
  try {
    return { header: JSON.parse(new TextDecoder().decode(bytes.subarray(8, end))) as Header, end };
  } catch {
    // Not JSON: for the reader the same as any other damage.
    return "damaged";
  }
}
