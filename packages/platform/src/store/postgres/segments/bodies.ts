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
