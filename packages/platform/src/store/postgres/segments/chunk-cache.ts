import type { ChunkBody } from "../../levels/chunk.js";
import type { EdgeBytes } from "./packed-chunk.js";

/** What was read of a chunk: all of it, or what the edges of buckets needed; a sentence where it is damaged. */
export interface ReadChunk {
  body?: ChunkBody;
  edges?: EdgeBytes;
  damage?: string;
  bytes: number;
}

/** Remembers what was read of chunks last: a chart is asked for again and again. */
export class ChunkCache {
  private readonly chunks = new Map<string, ReadChunk>();
  private readonly maxBytes: number;
  private bytes = 0;

  /** @param maxBytes - of all that is remembered */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get(place: string): ReadChunk | undefined {
    const chunk = this.chunks.get(place);
    if (chunk === undefined) return undefined;
    // Those that were asked for last are behind all others.
    this.chunks.delete(place);
    this.chunks.set(place, chunk);
    return chunk;
  }

  put(place: string, chunk: ReadChunk): void {
    this.drop(place);
    this.chunks.set(place, chunk);
    this.bytes += chunk.bytes;
    for (const first of this.chunks.keys()) {
      if (this.bytes <= this.maxBytes) return;
      this.drop(first);
    }
  }

  /** Forgets all. */
  clear(): void {
    this.chunks.clear();
    this.bytes = 0;
  }

  private drop(place: string): void {
    this.bytes -= this.chunks.get(place)?.bytes ?? 0;
    this.chunks.delete(place);
  }
}
