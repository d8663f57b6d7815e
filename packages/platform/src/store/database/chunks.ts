import type Database from "libsql";
import { type ChunkBody, type ChunkHead, decodeChunk } from "../chunk/chunk.js";
import { decodeHead } from "../chunk/head.js";
import type { ChunkSource } from "../series/series.js";
import { type Blob, blobBytes } from "./open.js";

/** Chunks that one series may have: the id of a chunk is `series * CHUNKS_PER_SERIES + index`, and stays a safe integer. */
const CHUNKS_PER_SERIES = 2 ** 21;

/** Bytes of chunks that are kept in memory after they were read: a chart of ten million points touches 40 MB of them. */
const CACHE_BYTES = 128 * 1024 * 1024;

/** @returns id of a chunk's row */
export function chunkId(seriesNo: number, index: number): number {
  return seriesNo * CHUNKS_PER_SERIES + index;
}

interface StoredChunk {
  head: ChunkHead;
  body: ChunkBody;
  byteLength: number;
  /** Read again since it was last passed over: it gets a second chance. */
  isUsed: boolean;
}

/** Reads stored chunks and remembers those read last. */
export class ChunkReader implements ChunkSource {
  private readonly cache = new Map<number, StoredChunk>();
  private cachedBytes = 0;
  private readonly selectHeads: Database.Statement;
  private readonly selectChunk: Database.Statement;

  /** @param db - an open store database */
  constructor(db: Database.Database) {
    this.selectHeads = db.prepare("SELECT head FROM chunks WHERE id >= ? AND id < ? ORDER BY id");
    this.selectChunk = db.prepare("SELECT head, body FROM chunks WHERE id = ?");
  }

  readHeads(seriesNo: number, end: number): ChunkHead[] {
    const rows = this.selectHeads.all(chunkId(seriesNo, 0), chunkId(seriesNo, end)) as { head: Blob }[];
    return rows.map((row) => decodeHead(blobBytes(row.head)));
  }

  readChunk(seriesNo: number, index: number): { head: ChunkHead; body: ChunkBody } {
    const id = chunkId(seriesNo, index);
    const cached = this.cache.get(id);
    if (cached !== undefined) {
      cached.isUsed = true;
      return cached;
    }
    const row = this.selectChunk.get(id) as { head: Uint8Array; body: Uint8Array };
    const head = decodeHead(row.head);
    const chunk = { head, body: decodeChunk(row.body, head), byteLength: row.body.length, isUsed: false };
    this.cache.set(id, chunk);
    this.cachedBytes += chunk.byteLength;
    this.shrink();
    return chunk;
  }

  /** Forgets a chunk that is stored anew. */
  forget(id: number): void {
    this.cachedBytes -= this.cache.get(id)?.byteLength ?? 0;
    this.cache.delete(id);
  }

  private shrink(): void {
    for (const [id, chunk] of this.cache) {
      if (this.cachedBytes <= CACHE_BYTES) return;
      if (chunk.isUsed) {
        // Behind the others; the loop comes to it again if it must.
        chunk.isUsed = false;
        this.cache.delete(id);
        this.cache.set(id, chunk);
      } else this.forget(id);
    }
  }
}
