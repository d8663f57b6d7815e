import { crc32 } from "node:zlib";
import { CHUNK_POINTS, type ChunkBody, type ChunkHead, decodeChunk, type EncodedChunk } from "../../levels/chunk.js";
import { COLUMN_HEAD_BYTES, type Column, columnBytes, evenColumn, KIND } from "../../levels/column.js";
import { GROUP_POINTS } from "../../levels/pyramid.js";

/** Which chunk it is: its checksums cover this, so one in the place of another is noticed. */
export interface ChunkKey {
  /** Number of the instance in the database. */
  instance: number;
  /** Number of the series within the instance. */
  series: number;
  /** Number of the chunk within the series. */
  index: number;
}

/** How a chunk is laid out, so that parts of it are found without reading it. */
export interface ChunkShape {
  /** Bytes of the packed chunk. */
  bytes: number;
  /** Offset of its values. */
  valueAt: number;
  /** Bytes of one value: 4 or 8; 0 where all values are the same. */
  valueBytes: number;
  /** Its steps follow from its head. */
  hasEvenSteps: boolean;
}

/** A chunk with its checksums, as it stands in a segment. */
export interface PackedChunk {
  head: ChunkHead;
  shape: ChunkShape;
  bytes: Uint8Array;
}

/** Checksum of the groups' checksums and levels, and of the whole, at the end. */
const SUMS_BYTES = 8;

/**
 * Adds checksums to an encoded chunk: one for each group of 64 values, one for its levels, one for all of it. A reader who needs the edge of a bucket reads two
 * short stretches of a chunk of 25 kB, and knows that they are whole. See docs/formats/postgres.md.
 */
export function packChunk(key: ChunkKey, { head, body }: EncodedChunk): PackedChunk {
  const { step, time, epoch, value } = decodeChunk(body, head);
  const valueBytes = value.rest?.BYTES_PER_ELEMENT ?? 0;
  const shape = {
    bytes: body.length + (valueBytes === 0 ? 0 : groupsOf(head) * 4) + SUMS_BYTES,
    valueAt: columnBytes(step) + columnBytes(time) + columnBytes(epoch) + COLUMN_HEAD_BYTES,
    valueBytes,
    hasEvenSteps: step.rest === undefined && Object.is(step.base, evenSteps(head).base) && Object.is(step.stride, evenSteps(head).stride),
  };
  const bytes = new Uint8Array(shape.bytes);
  bytes.set(body);
  const view = new DataView(bytes.buffer);
  if (valueBytes > 0) {
    for (let group = 0; group < groupsOf(head); group++) {
      const [start, end] = groupRange(head, shape, group);
      view.setUint32(body.length + group * 4, crc32(bytes.subarray(start, end), keySum(key, `group ${group}`)), true);
    }
  }
  const { levelsAt, end } = levelsRange(head, shape);
  view.setUint32(end - 4, crc32(bytes.subarray(levelsAt, end - 4), keySum(key, "levels")), true);
  view.setUint32(end, crc32(bytes.subarray(0, end), keySum(key, "chunk")), true);
  return { head, shape, bytes };
}

/** @returns the chunk; `undefined` where its bytes are not what was packed */
export function openChunk(key: ChunkKey, head: ChunkHead, shape: ChunkShape, bytes: Uint8Array): ChunkBody | undefined {
  if (bytes.length !== shape.bytes) return undefined;
  const end = bytes.length - 4;
  if (viewOf(bytes).getUint32(end, true) !== crc32(bytes.subarray(0, end), keySum(key, "chunk"))) return undefined;
  return decodeChunk(bytes, head);
}

/** @returns where the levels of a chunk begin, and where the checksums behind them end */
export function levelsRange(head: ChunkHead, { bytes, valueAt, valueBytes }: ChunkShape): { levelsAt: number; end: number } {
  return { levelsAt: valueAt + Math.ceil((head.count * valueBytes) / 8) * 8, end: bytes - 4 };
}

/** @returns first and last offset of a group's values */
export function groupRange({ count }: ChunkHead, { valueAt, valueBytes }: ChunkShape, group: number): [start: number, end: number] {
  return [valueAt + group * GROUP_POINTS * valueBytes, valueAt + Math.min(count, (group + 1) * GROUP_POINTS) * valueBytes];
}

/** Stretches of a chunk with even steps that were read for the edges of buckets. */
export interface EdgeBytes {
  /** As of {@link levelsRange}. */
  levels: Uint8Array;
  /** Values by group, as of {@link groupRange}. */
  groups: ReadonlyMap<number, Uint8Array>;
}

/** @returns whether both are what was packed */
export function areEdgesWhole(key: ChunkKey, head: ChunkHead, shape: ChunkShape, { levels, groups }: EdgeBytes): boolean {
  const { levelsAt, end } = levelsRange(head, shape);
  if (levels.length !== end - levelsAt) return false;
  const view = viewOf(levels);
  if (view.getUint32(levels.length - 4, true) !== crc32(levels.subarray(0, -4), keySum(key, "levels"))) return false;
  const sumsAt = levels.length - 4 - groupsOf(head) * 4;
  for (const [group, bytes] of groups)
    if (view.getUint32(sumsAt + group * 4, true) !== crc32(bytes, keySum(key, `group ${group}`))) return false;
  return true;
}

/** Where values of edges are put: one chunk at a time is looked at. All others are NaN. */
const NARROW = { values: new Float32Array(CHUNK_POINTS).fill(Number.NaN), used: [] as [start: number, end: number][] };
const WIDE = { values: new Float64Array(CHUNK_POINTS).fill(Number.NaN), used: [] as [start: number, end: number][] };

/**
 * A chunk of which only levels, steps and the values of some groups can be read; all other values are NaN. It holds until the next is opened.
 *
 * @param edges - checked by {@link areEdgesWhole}
 */
export function openEdges(head: ChunkHead, shape: ChunkShape, { levels, groups }: EdgeBytes): ChunkBody {
  const { count } = head;
  const rest = putValues(shape.valueBytes === 4 ? NARROW : WIDE, count, groups);
  const nothing = evenColumn(Number.NaN, 0);
  const groupCount = groupsOf(head);
  // The views must begin where a float64 may begin.
  const own = levels.byteOffset % 8 === 0 ? (levels as Uint8Array<ArrayBuffer>) : new Uint8Array(levels);
  let at = own.byteOffset;
  const take = (bytes: number): number => (at += bytes) - bytes;
  const Levels = shape.valueBytes === 4 ? Float32Array : Float64Array;
  const groupMin = new Levels(own.buffer, take(groupCount * shape.valueBytes), groupCount);
  const groupMax = new Levels(own.buffer, take(groupCount * shape.valueBytes), groupCount);
  const groupSum = new Float64Array(own.buffer, take(groupCount * 8), groupCount);
  return {
    count,
    step: evenSteps(head),
    time: nothing,
    epoch: nothing,
    value: { kind: shape.valueBytes === 4 ? KIND.f32 : KIND.f64, base: 0, stride: 0, unit: 1, rest },
    groupMin,
    groupMax,
    groupSum,
    groupNan: head.nan > 0 ? new Uint8Array(own.buffer, take(groupCount), groupCount) : undefined,
    groupInfinite: head.infinite > 0 ? new Uint8Array(own.buffer, take(groupCount), groupCount) : undefined,
  };
}

function putValues({ values, used }: typeof NARROW | typeof WIDE, count: number, groups: EdgeBytes["groups"]): Float32Array | Float64Array {
  for (const [start, end] of used.splice(0)) values.fill(Number.NaN, start, end);
  const bytesOfValues = new Uint8Array(values.buffer);
  for (const [group, bytes] of groups) {
    const start = group * GROUP_POINTS;
    bytesOfValues.set(bytes, start * values.BYTES_PER_ELEMENT);
    used.push([start, start + GROUP_POINTS]);
  }
  return values.subarray(0, count);
}

/** @returns the steps of a chunk that `hasEvenSteps` */
export function evenSteps({ count, axes: [{ min, last }] }: ChunkHead): Column {
  return evenColumn(min, count === 1 ? 0 : (last - min) / (count - 1));
}

function groupsOf({ count }: ChunkHead): number {
  return Math.ceil(count / GROUP_POINTS);
}

function keySum({ instance, series, index }: ChunkKey, part: string): number {
  return crc32(`${part} of ${series} ${index} ${instance}`);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
