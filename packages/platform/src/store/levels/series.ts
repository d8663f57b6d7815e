import type { Labels, SeriesAxis } from "ava-protocol";
import type { RawRows } from "../contract/points.js";
import type { ChunkBody, ChunkHead } from "./chunk.js";
import type { SeriesTotals } from "./totals.js";

/** A window of one axis, cut into equal buckets; the last one is closed. */
export interface Window {
  axis: SeriesAxis;
  from: number;
  to: number;
  buckets: number;
}

/** Stands for a chunk that cannot be read: a sentence about it. */
export interface DamagedChunk {
  damage: string;
}

/** A chunk that is read when needed. */
export interface ChunkPiece {
  head: ChunkHead;
  /**
   * @param edgesOf - only what filling the buckets of this window reads is wanted; that holds until the next chunk is loaded
   * @throws PlatformError `store_damaged`
   */
  load: (edgesOf?: Window) => ChunkBody;
  rows?: never;
}

/** A part of a series that is not known to be damaged. */
export type ReadablePiece = ChunkPiece | { rows: RawRows; head?: never; load?: never };

/** A part of a series in order of arrival, as queries walk over it: a chunk that is read when needed, rows in memory, or a chunk that is damaged. */
export type Piece = ReadablePiece | DamagedChunk;

/** A series as a driver gives it to this library. */
export interface ReadableSeries {
  readonly name: string;
  readonly labels: Labels;
  readonly key: string;
  readonly totals: SeriesTotals;
  /** @returns all points in order of arrival */
  pieces(): Piece[];
  /**
   * For a series whose chunks are read between two walks over it: notes at once what filling the buckets of a window will read.
   *
   * @returns whether all of it is at hand; if not, this walk is in vain, and there will be another
   */
  expect?(window: Window): boolean;
}

/** A series that takes points. */
export interface GrowingSeries extends ReadableSeries {
  /**
   * Takes one point.
   *
   * @param epoch - NaN when absent
   * @param timeHi - upper half of the nanoseconds since 1970, signed
   * @param timeLo - lower half, unsigned
   */
  append(step: number, epoch: number, timeHi: number, timeLo: number, value: number): void;
}
