import { crc32 } from "node:zlib";
import { axisTimeMs, type ChunkHead, TIME_BASE_NS } from "../../levels/chunk.js";
import { CompactReader, CompactWriter } from "./compact-column.js";
import type { ChunkShape } from "./packed-chunk.js";

/** A chunk in a segment: what is known of it without reading it, and where it is. */
export interface PlacedChunk {
  head: ChunkHead;
  shape: ChunkShape;
  segment: number;
  /** Offset in the segment. */
  at: number;
}

/** Chunks of a series that follow each other: which they are. */
export interface OverviewKey {
  /** Number of the instance in the database. */
  instance: number;
  series: number;
  /** Number of the first chunk. */
  first: number;
}

/** Checksum, number of chunks. */
const HEAD_BYTES = 8;

/** Times of chunks in nanoseconds after the first one's base; else as they are in heads. */
const TIMES = { exactNs: 0, ms: 1 } as const;

/**
 * Packs what is known of chunks of one series: about 31 bytes for each with float32 values, about 40 with float64.
 *
 * @param chunks - at least one
 */
export function encodeOverview(key: OverviewKey, chunks: readonly PlacedChunk[]): Buffer {
  const writer = new CompactWriter();
  const add = (of: (chunk: PlacedChunk) => number): void => writer.add(Float64Array.from(chunks, of));
  for (const name of ["segment", "at"] as const) add((chunk) => chunk[name]);
  for (const name of ["bytes", "valueAt", "valueBytes"] as const) add(({ shape }) => shape[name]);
  add(flagsOf);
  for (const name of HEAD_FIELDS) add(({ head }) => (name === "sum" ? head.sum! : head[name]));
  for (const axis of [0, 2] as const) for (const name of RANGE) add(({ head }) => head.axes[axis][name]);
  const base = chunks[0]!.head.timeBaseHi;
  const times = RANGE.map((name) => timesNs(chunks, base, name));
  const isExact = times.every((column) => column !== undefined);
  add(() => (isExact ? TIMES.exactNs : TIMES.ms));
  for (const [i, name] of RANGE.entries())
    writer.add(times[i] && isExact ? times[i] : Float64Array.from(chunks, ({ head }) => head.axes[1][name]));
  const bytes = Buffer.concat([Buffer.alloc(HEAD_BYTES), writer.bytes()]);
  bytes.writeUInt32LE(chunks.length, 4);
  bytes.writeUInt32LE(sumOf(key, bytes), 0);
  return bytes;
}

/** @returns the chunks; `undefined` where the bytes are not what was packed for this key */
export function decodeOverview(key: OverviewKey, bytes: Uint8Array): PlacedChunk[] | undefined {
  if (bytes.length < HEAD_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== sumOf(key, bytes)) return undefined;
  const count = view.getUint32(4, true);
  const reader = new CompactReader(bytes, HEAD_BYTES, count);
  const [segment, at, partBytes, valueAt, valueBytes, flags] = take(6, reader);
  const [counts, nan, infinite, timeBaseHi, min, max, last, sum] = take(HEAD_FIELDS.length, reader);
  const [minStep, maxStep, lastStep] = take(3, reader);
  const [minEpoch, maxEpoch, lastEpoch] = take(3, reader);
  const isExact = reader.next()[0] === TIMES.exactNs;
  const base = timeBaseHi![0]!;
  const [minTime, maxTime, lastTime] = take(3, reader).map((column) =>
    isExact ? column.map((offset) => axisTimeMs(base, offset)) : column,
  );
  // A chart of a long series takes thousands, before anything is compiled: no columns are looked up, and nothing is made but what is given out.
  return Array.from({ length: count }, (_, i): PlacedChunk => {
    const flag = flags![i]!;
    return {
      head: {
        count: counts![i]!,
        nan: nan![i]!,
        infinite: infinite![i]!,
        timeBaseHi: timeBaseHi![i]!,
        sum: sum![i]!,
        min: min![i]!,
        max: max![i]!,
        last: last![i]!,
        axes: [
          { min: minStep![i]!, max: maxStep![i]!, last: lastStep![i]!, isSorted: (flag & 1) !== 0 },
          { min: minTime![i]!, max: maxTime![i]!, last: lastTime![i]!, isSorted: (flag & 2) !== 0 },
          { min: minEpoch![i]!, max: maxEpoch![i]!, last: lastEpoch![i]!, isSorted: (flag & 4) !== 0 },
        ],
      },
      shape: { bytes: partBytes![i]!, valueAt: valueAt![i]!, valueBytes: valueBytes![i]!, hasEvenSteps: (flag & 8) !== 0 },
      segment: segment![i]!,
      at: at![i]!,
    };
  });
}

const HEAD_FIELDS = ["count", "nan", "infinite", "timeBaseHi", "min", "max", "last", "sum"] as const;
const RANGE = ["min", "max", "last"] as const;

function flagsOf({ head: { axes }, shape }: PlacedChunk): number {
  return axes.reduce((flags, { isSorted }, axis) => flags + (isSorted ? 2 ** axis : 0), shape.hasEvenSteps ? 8 : 0);
}

function take(columns: number, reader: CompactReader): Float64Array[] {
  return Array.from({ length: columns }, () => reader.next());
}

/** Whole numbers take half the bytes of times in milliseconds; of clocks that count in coarser units still fewer. */
function timesNs(chunks: readonly PlacedChunk[], base: number, name: (typeof RANGE)[number]): Float64Array | undefined {
  const times = Float64Array.from(chunks, ({ head }) => head.axes[1][name]);
  for (const unitNs of [1000, 1]) {
    const offsets = times.map((ms) => offsetNs(ms, base, unitNs));
    if (offsets.every((offset, i) => Object.is(axisTimeMs(base, offset), times[i]))) return offsets;
  }
  return undefined;
}

function offsetNs(ms: number, base: number, unitNs: number): number {
  const whole = Math.floor(ms);
  const wholeNs = Number(BigInt(whole) * 1_000_000n - BigInt(base) * BigInt(TIME_BASE_NS));
  return wholeNs + Math.round(((ms - whole) * 1e6) / unitNs) * unitNs;
}

function sumOf({ instance, series, first }: OverviewKey, bytes: Uint8Array): number {
  return crc32(bytes.subarray(4), crc32(`overview of ${series} ${first} ${instance}`));
}
