import type { OwnedObjects } from "../../bucket-owner/owner.js";

/** A stretch of a segment. */
export interface Stretch {
  segment: number;
  /** Offset of its first byte. */
  at: number;
  bytes: number;
}

/** Where segments are: bytes that never change once they are kept. */
export interface SegmentBodies {
  /** Reads stretches in as few turns as can be. @returns them in their order; `undefined` or less bytes where a segment is gone or shorter. @throws PlatformError `store_failed` */
  read(stretches: readonly Stretch[]): Promise<(Uint8Array | undefined)[]>;
}

/** Objects by keys, as a bucket has them. All methods reject with PlatformError `store_failed`, `store_full`. */
export interface SegmentObjects extends OwnedObjects {
  list(prefix: string): AsyncIterable<{ key: string }>;
  delete(key: string): Promise<void>;
}

/** @param database - names the database among those that share a bucket @returns how keys of its segments begin */
export function segmentPrefix(database: string): string {
  return `segments/${database}/`;
}
