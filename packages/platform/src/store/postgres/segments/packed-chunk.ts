import { crc32 } from "node:zlib";
import { CHUNK_POINTS, type ChunkBody, type ChunkHead, decodeChunk, type EncodedChunk } from "../../levels/chunk.js";
import { COLUMN_HEAD_BYTES, type Column, columnBytes, evenColumn, KIND } from "../../levels/column.js";
import { GROUP_POINTS } from "../../levels/pyramid.js";
import type { Window } from "../../levels/series.js";

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
  /** Numbers of groups, and the values of each, as of {@link groupRange}. */
  groups: readonly number[];
  values: readonly Uint8Array[];
  /** A window all of whose edges these are. */
  window: Window | undefined;
}

/** @returns whether both are what was packed */
export function areEdgesWhole(key: ChunkKey, head: ChunkHead, shape: ChunkShape, { levels, groups, values }: EdgeBytes): boolean {
  const { levelsAt, end } = levelsRange(head, shape);
  if (levels.length !== end - levelsAt) return false;
  const view = viewOf(levels);
  if (view.getUint32(levels.length - 4, true) !== crc32(levels.subarray(0, -4), keySum(key, "levels"))) return false;
  const sumsAt = levels.length - 4 - groupsOf(head) * 4;
  for (let i = 0; i < groups.length; i++)
    if (view.getUint32(sumsAt + groups[i]! * 4, true) !== crc32(values[i]!, keySum(key, `group ${groups[i]}`))) return false;
  return true;
}

/** Opens edges, one chunk at a time, in the same memory: a chart does so a thousand times, and most chunks have as many points. */
class EdgeOpener {
  private readonly valueBytes: 4 | 8;
  private readonly levels = new Uint8Array((CHUNK_POINTS / GROUP_POINTS) * (3 * 8 + 2));
  /** All of which no values are put are NaN. */
  private readonly values: Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;
  private readonly bytesOfValues: Uint8Array;
  private used: readonly number[] = [];
  private body: ChunkBody;

  constructor(valueBytes: 4 | 8) {
    this.valueBytes = valueBytes;
    this.values = (valueBytes === 4 ? new Float32Array(CHUNK_POINTS) : new Float64Array(CHUNK_POINTS)).fill(Number.NaN);
    this.bytesOfValues = new Uint8Array(this.values.buffer);
    this.body = this.bodyOf(CHUNK_POINTS);
  }

  open(head: ChunkHead, { levels, groups, values }: EdgeBytes): ChunkBody {
    for (const group of this.used) this.values.fill(Number.NaN, group * GROUP_POINTS, (group + 1) * GROUP_POINTS);
    this.used = groups;
    for (let i = 0; i < groups.length; i++) this.bytesOfValues.set(values[i]!, groups[i]! * GROUP_POINTS * this.valueBytes);
    const { count } = head;
    if (this.body.count !== count) this.body = this.bodyOf(count);
    const groupCount = groupsOf(head);
    const { body } = this;
    // Their checksums are left out.
    this.levels.set(levels.subarray(0, levels.length - groupCount * 4 - 4));
    body.step = evenSteps(head);
    let at = groupCount * (2 * this.valueBytes + 8);
    const take = (): Uint8Array => this.levels.subarray(at, (at += groupCount));
    body.groupNan = head.nan > 0 ? take() : undefined;
    body.groupInfinite = head.infinite > 0 ? take() : undefined;
    return body;
  }

  private bodyOf(count: number): ChunkBody {
    const { valueBytes, levels } = this;
    const nothing = evenColumn(Number.NaN, 0);
    const groups = groupsOf({ count });
    const Levels = valueBytes === 4 ? Float32Array : Float64Array;
    return {
      count,
      step: nothing,
      time: nothing,
      epoch: nothing,
      value: { kind: valueBytes === 4 ? KIND.f32 : KIND.f64, base: 0, stride: 0, unit: 1, rest: this.values.subarray(0, count) },
      groupMin: new Levels(levels.buffer, 0, groups),
      groupMax: new Levels(levels.buffer, groups * valueBytes, groups),
      groupSum: new Float64Array(levels.buffer, 2 * groups * valueBytes, groups),
      groupNan: undefined,
      groupInfinite: undefined,
    };
  }
}

const NARROW = new EdgeOpener(4);
const WIDE = new EdgeOpener(8);

/**
 * A chunk of which only levels, steps and the values of some groups can be read; all other values are NaN. It holds until the next is opened.
 *
 * @param edges - checked by {@link areEdgesWhole}
 */
export function openEdges(head: ChunkHead, shape: ChunkShape, edges: EdgeBytes): ChunkBody {
  return (shape.valueBytes === 4 ? NARROW : WIDE).open(head, edges);
}

/** @returns the steps of a chunk that `hasEvenSteps` */
export function evenSteps({ count, axes: [{ min, last }] }: ChunkHead): Column {
  return evenColumn(min, count === 1 ? 0 : (last - min) / (count - 1));
}

function groupsOf({ count }: Pick<ChunkHead, "count">): number {
  return Math.ceil(count / GROUP_POINTS);
}

function keySum({ instance, series, index }: ChunkKey, part: string): number {
  return crc32(`${part} of ${series} ${index} ${instance}`);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
