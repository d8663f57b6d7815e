import { crc32, LIMITS, RECORD_HEAD_BYTES, RECORD_TYPE } from "ava-protocol";
import { numbersFor } from "./numbers.js";
import { AXES, type BodyKey, bodySum, HIGH_NS, PIECE, POINTS_HEAD_BYTES, SUM_BYTES, VALUE_BYTES } from "./pack-body.js";
import { type Input, readColumn } from "./read-column.js";

/** A body up to this size is unpacked in room that is kept. */
const KEPT_BYTES = 4 * 1024 * 1024;

let kept: Buffer = Buffer.alloc(256 * 1024);

/** Why a packed body cannot be read, as a part of a sentence. */
const DAMAGED = "its packed body does not have its checksum";

/**
 * Gives a body back as it came, byte for byte. It holds until the next is unpacked.
 *
 * @param packed - of `packBody`
 * @param bodyBytes - size of the body
 * @throws Error where they are not what was packed for this key
 */
export function unpackBody(key: BodyKey, packed: Uint8Array, bodyBytes: number): Buffer {
  let body: Buffer;
  let sum: number;
  try {
    const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
    sum = view.getUint32(0, true);
    body = roomFor(bodyBytes);
    unpackPieces({ bytes: packed, view, at: SUM_BYTES }, body);
  } catch (error) {
    throw new Error(DAMAGED, { cause: error });
  }
  if (bodySum(key, body) !== sum) throw new Error(DAMAGED);
  return body;
}

/** @throws RangeError where the pieces are not as many bytes as the body */
function unpackPieces(input: Input, body: Buffer): void {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  let end = 0;
  while (input.at < input.bytes.length) {
    const kind = input.view.getUint8(input.at);
    const count = input.view.getUint32(input.at + 1, true);
    input.at += 5;
    if (kind === PIECE.run) end = unpackRun(input, count, body, view, end);
    else {
      if (kind !== PIECE.asItCame) throw new RangeError("a piece is of no known kind");
      if (end + count > body.length || input.at + count > input.bytes.length) throw new RangeError("a piece is too long");
      body.set(input.bytes.subarray(input.at, input.at + count), end);
      input.at += count;
      end += count;
    }
  }
  if (end !== body.length) throw new RangeError("the pieces are too short");
}

/** @returns where the run ends in the body */
function unpackRun(input: Input, records: number, body: Buffer, view: DataView, start: number): number {
  const series = input.view.getUint32(input.at, true);
  const size = POINTS_HEAD_BYTES + series * VALUE_BYTES;
  const end = start + records * size;
  if (end > body.length) throw new RangeError("a run is too long");
  const seq = input.view.getFloat64(input.at + 4, true);
  const timeHigh = input.view.getInt32(input.at + 12, true);
  input.at += 16;
  const ids = Array.from({ length: series }, () => input.view.getUint32((input.at += 4) - 4, true));
  const numbers = numbersFor((AXES + series) * records);
  const { values, halves } = numbers;
  for (let column = 0; column < AXES + series; column++) readColumn(input, numbers, column * records, records);
  for (let row = 0, at = start; row < records; row++, at += size) {
    view.setUint32(at, size - RECORD_HEAD_BYTES, true);
    view.setUint32(at + 8, (seq + row) >>> 0, true);
    view.setUint32(at + 12, Math.floor((seq + row) / 0x1_0000_0000), true);
    view.setUint8(at + 16, RECORD_TYPE.points);
    for (let axis = 0; axis < 2; axis++) {
      view.setUint32(at + RECORD_HEAD_BYTES + axis * 8, halves[(axis * records + row) * 2]!, true);
      view.setUint32(at + RECORD_HEAD_BYTES + axis * 8 + 4, halves[(axis * records + row) * 2 + 1]!, true);
    }
    const offsetNs = values[2 * records + row]!;
    const high = Math.floor(offsetNs / HIGH_NS);
    view.setUint32(at + POINTS_HEAD_BYTES - 8, offsetNs - high * HIGH_NS, true);
    view.setInt32(at + POINTS_HEAD_BYTES - 4, timeHigh + high, true);
    let from = (AXES * records + row) * 2;
    for (let i = 0, value = at + POINTS_HEAD_BYTES; i < series; i++, value += VALUE_BYTES, from += records * 2) {
      view.setUint32(value, ids[i]!, true);
      view.setUint32(value + 4, halves[from]!, true);
      view.setUint32(value + 8, halves[from + 1]!, true);
    }
    view.setUint32(at + 4, crc32(body, at + 8, at + size), true);
  }
  return end;
}

function roomFor(bytes: number): Buffer {
  if (bytes > LIMITS.recordsBodyBytes) throw new RangeError("no body is so large");
  if (bytes > KEPT_BYTES) return Buffer.allocUnsafe(bytes);
  if (kept.length < bytes) kept = Buffer.allocUnsafeSlow(Math.min(KEPT_BYTES, bytes * 2));
  return kept.subarray(0, bytes);
}
