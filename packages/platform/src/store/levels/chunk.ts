import type { RawRows } from "../contract/points.js";
import { type AxisRange, encodeAxis } from "./axis.js";
import { type Column, columnBytes, columnValues, encodeColumn, readColumn, writeColumn } from "./column.js";
import { buildPyramid, GROUP_POINTS, type Pyramid } from "./pyramid.js";

/** Points in a full chunk. */
export const CHUNK_POINTS = 4096;

/** The axes of a chunk, in the order of their ranges. */
export const AXIS = { step: 0, time: 1, epoch: 2 } as const;

/** What is known of a chunk without reading it; the top of its pyramid. */
export interface ChunkHead {
  count: number;
  /** Values that are NaN. */
  nan: number;
  /** Values that are infinite. */
  infinite: number;
  /** Sum of the finite values, see `finiteSum`; `undefined` in a head of format 1: its body has the sums. */
  sum: number | undefined;
  /** Over the values that are not NaN; NaN if there are none. */
  min: number;
  max: number;
  last: number;
  /** Time of rows is `timeBaseHi * 2^32 + row` nanoseconds; the time axis here is in milliseconds, as queries see it. */
  timeBaseHi: number;
  axes: readonly [AxisRange, AxisRange, AxisRange];
}

/** Columns of a chunk; least, greatest and sum of every group of 64 values. */
export interface ChunkBody {
  count: number;
  step: Column;
  time: Column;
  epoch: Column;
  value: Column;
  groupMin: Float32Array | Float64Array;
  groupMax: Float32Array | Float64Array;
  /** Sum of the finite values of each group. */
  groupSum: Float64Array;
  /** NaN values of each group; absent when the chunk has none. */
  groupNan: Uint8Array | undefined;
  /** Infinite values of each group; absent when the chunk has none. */
  groupInfinite: Uint8Array | undefined;
}

/** A chunk ready to be stored. */
export interface EncodedChunk {
  head: ChunkHead;
  body: Uint8Array;
}

/** Nanoseconds of one unit of `timeBaseHi`: chosen so that base + offset is rounded once only when it becomes a float64. */
export const TIME_BASE_NS = 0x1_0000_0000;

/**
 * @param timeBaseHi - base of the rows
 * @param offsetNs - time column of a row
 * @returns milliseconds since 1970, equal to `Number(timeNs) / 1e6`
 */
export function axisTimeMs(timeBaseHi: number, offsetNs: number): number {
  return (timeBaseHi * TIME_BASE_NS + offsetNs) / 1e6;
}

/**
 * @param timeBaseHi - base of the rows
 * @param offsetNs - time column of a row
 * @returns halves of the nanoseconds since 1970
 */
export function splitOffset(timeBaseHi: number, offsetNs: number): { hi: number; lo: number } {
  const up = Math.floor(offsetNs / TIME_BASE_NS);
  return { hi: timeBaseHi + up, lo: offsetNs - up * TIME_BASE_NS };
}

/**
 * Encodes rows; nothing is rounded.
 *
 * @param rows - at least one row
 */
export function encodeChunk(rows: RawRows): EncodedChunk {
  const { count } = rows;
  const value = encodeColumn(rows.value, count, false);
  const pyramid = buildPyramid(rows.value, count, value.rest instanceof Float32Array);
  const [step, time, epoch] = [encodeAxis(rows.step, count), encodeAxis(rows.time, count), encodeAxis(rows.epoch, count)];
  const head: ChunkHead = {
    count,
    ...pyramid.top,
    last: rows.value[count - 1]!,
    timeBaseHi: rows.timeBaseHi,
    axes: [step.range, timeRange(rows.timeBaseHi, time.range), epoch.range],
  };
  return { head, body: writeBody([step.column, time.column, epoch.column, value], pyramid) };
}

function writeBody(columns: Column[], { groupMin, groupMax, groupSum, groupNan, groupInfinite }: Pyramid): Uint8Array {
  const parts = [groupMin, groupMax, groupSum, groupNan, groupInfinite].filter((part) => part !== undefined);
  const columnsBytes = columns.reduce((sum, column) => sum + columnBytes(column), 0);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, columnsBytes));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const column of columns) at = writeColumn(column, view, at);
  for (const part of parts) {
    bytes.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), at);
    at += part.byteLength;
  }
  return bytes;
}

/**
 * Reads a chunk in place.
 *
 * @param stored - bytes of {@link encodeChunk}
 * @param head - head of the same chunk
 */
export function decodeChunk(stored: Uint8Array, head: ChunkHead): ChunkBody {
  // The columns are views, so the bytes must begin where a float64 may begin.
  const bytes =
    stored.byteOffset % 8 === 0 && stored.buffer instanceof ArrayBuffer ? (stored as Uint8Array<ArrayBuffer>) : Uint8Array.from(stored);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { count } = head;
  let at = 0;
  const next = (): Column => {
    const column = readColumn(view, at, count);
    at += columnBytes(column);
    return column;
  };
  const [step, time, epoch, value] = [next(), next(), next(), next()];
  const groups = Math.ceil(count / GROUP_POINTS);
  const Narrow = value.rest instanceof Float32Array ? Float32Array : Float64Array;
  const take = (partBytes: number): number => {
    at += partBytes;
    return view.byteOffset + at - partBytes;
  };
  const groupMin = new Narrow(view.buffer, take(groups * Narrow.BYTES_PER_ELEMENT), groups);
  const groupMax = new Narrow(view.buffer, take(groups * Narrow.BYTES_PER_ELEMENT), groups);
  const columns = { count, step, time, epoch, value, groupMin, groupMax };
  if (head.sum === undefined) return { ...columns, ...pyramidOfFormat1(value, count) };
  const groupSum = new Float64Array(view.buffer, take(groups * 8), groups);
  const groupNan = head.nan > 0 ? new Uint8Array(view.buffer, take(groups), groups) : undefined;
  const groupInfinite = head.infinite > 0 ? new Uint8Array(view.buffer, take(groups), groups) : undefined;
  return { ...columns, groupSum, groupNan, groupInfinite };
}

/** Format 1 has no sums: they are made from the values. */
function pyramidOfFormat1(value: Column, count: number): Pick<Pyramid, "groupSum" | "groupNan" | "groupInfinite"> {
  const { groupSum, groupNan, groupInfinite } = buildPyramid(columnValues(value, count), count, false);
  return { groupSum, groupNan, groupInfinite };
}

function timeRange(timeBaseHi: number, { min, max, last, isSorted }: AxisRange): AxisRange {
  const toMs = (offsetNs: number): number => axisTimeMs(timeBaseHi, offsetNs);
  return { min: toMs(min), max: toMs(max), last: toMs(last), isSorted };
}
