import { counted } from "../../../counted.js";
import { damaged } from "../../../error.js";
import { AXIS, type ChunkBody, type ChunkHead } from "../../levels/chunk.js";
import { wholeBucket } from "../../levels/runs.js";
import type { DamagedChunk, Window } from "../../levels/series.js";
import type { ChunkFetcher } from "./chunk-fetcher.js";
import type { PlacedChunk } from "./overview.js";
import { openChunk } from "./packed-chunk.js";

/** Number of the segment of a chunk that stands in the row of its series: the one that is not full. */
export const IN_ROW = 0;

/** The chunks of a series that are sealed, as a `Series` asks for them. Their heads are read before it is asked. */
export class SealedSeries {
  readonly instance: number;
  readonly no: number;
  /** Absent until they are read. */
  private chunks: readonly (PlacedChunk | DamagedChunk)[] | undefined;
  private lastBytes: Uint8Array | undefined;
  private readonly fetcher: ChunkFetcher;

  constructor(instance: number, no: number, fetcher: ChunkFetcher) {
    this.instance = instance;
    this.no = no;
    this.fetcher = fetcher;
  }

  get hasHeads(): boolean {
    return this.chunks !== undefined;
  }

  /** @param lastBytes - the chunk that stands in the row of the series */
  putHeads(chunks: readonly (PlacedChunk | DamagedChunk)[], lastBytes: Uint8Array | undefined): void {
    this.chunks = chunks;
    this.lastBytes = lastBytes;
  }

  /** @returns heads of the chunks before `end` */
  readHeads(_no: number, end: number): (ChunkHead | DamagedChunk)[] {
    if (this.chunks === undefined) throw new Error("The heads of a series are read before it is asked.");
    const heads: (ChunkHead | DamagedChunk)[] = [];
    for (let index = 0; index < Math.min(end, this.chunks.length); index++) {
      const chunk = this.chunks[index]!;
      heads.push("damage" in chunk ? chunk : chunk.head);
    }
    return heads;
  }

  /** @returns a chunk. @throws PlatformError `store_damaged`, also for one that is not at hand yet */
  readChunk(_no: number, index: number): { head: ChunkHead; body: ChunkBody } {
    const placed = this.placed(index);
    const { head, shape } = placed;
    if (placed.segment !== IN_ROW) return { head, body: this.fetcher.body(this.key(index), placed) };
    const body = this.lastBytes && openChunk(this.key(index), head, shape, this.lastBytes);
    if (body !== undefined) return { head, body };
    throw damaged(
      `Chunk ${index} of series ${this.no} of the instance with number ${this.instance} does not have the checksum of its row: ${counted(head.count, "point is", "points are")} missing.`,
    );
  }

  /** @returns what filling the buckets of a window reads of a chunk; `undefined` where all of it is to be read. @throws as {@link readChunk} */
  readEdges(_no: number, index: number, window: Window): ChunkBody | undefined {
    const placed = this.placed(index);
    return placed.segment === IN_ROW ? undefined : this.fetcher.edges(this.key(index), placed, window);
  }

  /** Notes what filling the buckets of a window reads of the chunks before `end`. @returns whether all of it is at hand */
  expect(end: number, window: Window): boolean {
    if (!this.fetcher.isNoting) return true;
    let isAtHand = true;
    for (let index = 0; index < end; index++) {
      const chunk = this.chunks![index]!;
      if ("damage" in chunk || chunk.segment === IN_ROW) continue;
      const range = chunk.head.axes[AXIS[window.axis]];
      if (!(range.max >= window.from && range.min <= window.to) || wholeBucket(range, window) >= 0) continue;
      if (!this.fetcher.expect(this.key(index), chunk, range.isSorted ? window : undefined)) isAtHand = false;
    }
    return isAtHand;
  }

  private placed(index: number): PlacedChunk {
    const chunk = this.chunks?.[index];
    if (chunk === undefined) throw new Error(`Series ${this.no} has no sealed chunk ${index}.`);
    if ("damage" in chunk) throw damaged(chunk.damage);
    return chunk;
  }

  private key(index: number): { instance: number; series: number; index: number } {
    return { instance: this.instance, series: this.no, index };
  }
}
