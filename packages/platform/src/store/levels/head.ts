import type { AxisRange } from "./axis.js";
import type { ChunkHead } from "./chunk.js";

/** Bytes of an encoded chunk head. */
export const CHUNK_HEAD_BYTES = 128;

/** Bytes of one of format 1, which has no sum and no checksums. */
export const FORMAT_1_HEAD_BYTES = 112;

/**
 * @param head - head of a chunk
 * @returns its encoded form, see docs/formats/store.md; the place of the body's checksum is left 0
 */
export function encodeHead(head: ChunkHead): Uint8Array {
  const bytes = new Uint8Array(CHUNK_HEAD_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, head.count, true);
  view.setUint32(4, head.nan, true);
  view.setInt32(8, head.timeBaseHi, true);
  head.axes.forEach((axis, i) => {
    view.setUint8(12 + i, axis.isSorted ? 1 : 0);
    view.setFloat64(40 + i * 24, axis.min, true);
    view.setFloat64(48 + i * 24, axis.max, true);
    view.setFloat64(56 + i * 24, axis.last, true);
  });
  view.setFloat64(16, head.min, true);
  view.setFloat64(24, head.max, true);
  view.setFloat64(32, head.last, true);
  view.setFloat64(112, head.sum!, true);
  view.setUint32(120, head.infinite, true);
  return bytes;
}

/**
 * @param bytes - encoded form of a chunk's head, of format 1 too
 * @returns the head
 */
export function decodeHead(bytes: Uint8Array): ChunkHead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isFirst = bytes.length === FORMAT_1_HEAD_BYTES;
  const axis = (i: number): AxisRange => ({
    min: view.getFloat64(40 + i * 24, true),
    max: view.getFloat64(48 + i * 24, true),
    last: view.getFloat64(56 + i * 24, true),
    isSorted: view.getUint8(12 + i) === 1,
  });
  return {
    count: view.getUint32(0, true),
    nan: view.getUint32(4, true),
    timeBaseHi: view.getInt32(8, true),
    min: view.getFloat64(16, true),
    max: view.getFloat64(24, true),
    last: view.getFloat64(32, true),
    axes: [axis(0), axis(1), axis(2)],
    sum: isFirst ? undefined : view.getFloat64(112, true),
    infinite: isFirst ? 0 : view.getUint32(120, true),
  };
}
