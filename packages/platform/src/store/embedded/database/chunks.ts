import type Database from "libsql";
import { damaged } from "../../../error.js";
import type { ChunkSource, RememberedChunk } from "../../held/series.js";
import { type ChunkBody, type ChunkHead, decodeChunk, type EncodedChunk } from "../../levels/chunk.js";
import { CHUNK_HEAD_BYTES, decodeHead, encodeHead, FORMAT_1_HEAD_BYTES } from "../../levels/head.js";
import type { DamagedChunk } from "../../levels/series.js";
import { type DamageList, isBrokenFile } from "../damage.js";
import { KeptStatement } from "./kept-statement.js";
import { blobBytes, blobSum } from "./tables.js";

/** Chunks that one series may have: the id of a chunk is `series * CHUNKS_PER_SERIES + index`, and stays a safe integer. */
const CHUNKS_PER_SERIES = 2 ** 21;

/** Bytes of chunks that are kept in memory after they were read: a chart of ten million points touches 40 MB of them. */
const CACHE_BYTES = 128 * 1024 * 1024;

/** Where the head has the checksum of the body; its own follows the head. */
const BODY_SUM_AT = CHUNK_HEAD_BYTES - 4;

/** @returns id of a chunk's row */
export function chunkId(seriesNo: number, index: number): number {
  return seriesNo * CHUNKS_PER_SERIES + index;
}

/** @returns number of the series that a chunk belongs to */
export function seriesOfChunk(id: number): number {
  return Math.floor(id / CHUNKS_PER_SERIES);
}

/** @returns columns `head` and `body` of a chunk's row, with checksums */
export function chunkColumns(id: number, { head, body }: EncodedChunk): [Uint8Array, Uint8Array] {
  const stored = new Uint8Array(CHUNK_HEAD_BYTES + 4);
  stored.set(encodeHead(head));
  const view = new DataView(stored.buffer);
  view.setUint32(BODY_SUM_AT, blobSum("chunks", id, body), true);
  view.setUint32(CHUNK_HEAD_BYTES, blobSum("chunks", id, stored.subarray(0, CHUNK_HEAD_BYTES)), true);
  return [stored, body];
}

interface StoredChunk extends RememberedChunk {
  byteLength: number;
  /** Read again since it was last passed over: it gets a second chance. */
  isUsed: boolean;
}

/** Columns as the binding gives them. They are asked for as blobs: it ends the process over a text that is not UTF-8, and damage may change a type. */
interface ChunkRow {
  head: unknown;
  body: unknown;
}

/** Reads stored chunks, checks them and remembers those read last. */
export class ChunkReader implements ChunkSource {
  /** Chunks of format 1 are still about, which have no checksums. */
  hasFormat1: boolean;
  private readonly damage: DamageList;
  private readonly cache = new Map<number, StoredChunk>();
  private cachedBytes = 0;
  private readonly selectHeads: KeptStatement;
  private readonly selectHead: KeptStatement;
  private readonly selectChunk: KeptStatement;

  /**
   * @param db - an open store database
   * @param damage - told of what is damaged
   */
  constructor(db: Database.Database, damage: DamageList, hasFormat1: boolean) {
    this.damage = damage;
    this.hasFormat1 = hasFormat1;
    this.selectHeads = new KeptStatement(db, "SELECT id, CAST(head AS BLOB) AS head FROM chunks WHERE id >= ? AND id < ? ORDER BY id");
    this.selectHead = new KeptStatement(db, "SELECT CAST(head AS BLOB) AS head FROM chunks WHERE id = ?");
    this.selectChunk = new KeptStatement(db, "SELECT CAST(head AS BLOB) AS head, CAST(body AS BLOB) AS body FROM chunks WHERE id = ?");
  }

  readHeads(seriesNo: number, end: number): (ChunkHead | DamagedChunk)[] {
    const heads = new Map<number, unknown>();
    try {
      const rows = this.selectHeads.all(chunkId(seriesNo, 0), chunkId(seriesNo, end)) as { id: number; head: unknown }[];
      for (const row of rows) heads.set(row.id, row.head);
    } catch (error) {
      if (!isBrokenFile(error)) throw error;
      for (let index = 0; index < end; index++)
        heads.set(chunkId(seriesNo, index), this.readRow<ChunkRow>(this.selectHead, chunkId(seriesNo, index))?.head);
    }
    return Array.from({ length: end }, (_, index) => {
      const id = chunkId(seriesNo, index);
      return this.openHead(id, heads.get(id)) ?? { damage: this.tell(seriesNo, index, "head") };
    });
  }

  readChunk(seriesNo: number, index: number): RememberedChunk & { body: ChunkBody } {
    const id = chunkId(seriesNo, index);
    const cached = this.cache.get(id);
    if (cached !== undefined) {
      cached.isUsed = true;
      return cached as StoredChunk & { body: ChunkBody };
    }
    const row = this.readRow<ChunkRow>(this.selectChunk, id);
    const chunk = row && this.openChunk(id, row);
    if (chunk === undefined) throw damaged(this.tell(seriesNo, index, "body"));
    this.cachedBytes += chunk.byteLength;
    this.shrink();
    this.cache.set(id, chunk);
    return chunk;
  }

  /** Forgets a chunk that is stored anew. */
  forget(id: number): void {
    const chunk = this.cache.get(id);
    if (chunk === undefined) return;
    this.cachedBytes -= chunk.byteLength;
    this.cache.delete(id);
    // Series hold it, too.
    chunk.body = undefined;
  }

  private readRow<Row>(select: KeptStatement, id: number): Row | undefined {
    try {
      return select.get(id) as Row | undefined;
    } catch (error) {
      if (!isBrokenFile(error)) throw error;
      return undefined;
    }
  }

  private openHead(id: number, blob: unknown): ChunkHead | undefined {
    const bytes = asBytes(blob);
    if (bytes?.length === FORMAT_1_HEAD_BYTES && this.hasFormat1) return decodeHead(bytes);
    if (bytes?.length !== CHUNK_HEAD_BYTES + 4) return undefined;
    const head = bytes.subarray(0, CHUNK_HEAD_BYTES);
    return viewOf(bytes).getUint32(CHUNK_HEAD_BYTES, true) === blobSum("chunks", id, head) ? decodeHead(head) : undefined;
  }

  private openChunk(id: number, row: ChunkRow): (StoredChunk & { body: ChunkBody }) | undefined {
    const head = this.openHead(id, row.head);
    const bytes = asBytes(row.body);
    if (head === undefined || bytes === undefined) return undefined;
    if (head.sum !== undefined && viewOf(asBytes(row.head)!).getUint32(BODY_SUM_AT, true) !== blobSum("chunks", id, bytes))
      return undefined;
    try {
      return { head, body: decodeChunk(bytes, head), byteLength: bytes.length, isUsed: false };
    } catch (error) {
      // A body of format 1 has no checksum, and may end too early for its head.
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  private tell(seriesNo: number, index: number, part: "head" | "body"): string {
    const points = `the points of chunk ${index} of series ${seriesNo} are missing`;
    return this.damage.add(
      `table chunks, row id = ${chunkId(seriesNo, index)}`,
      `its ${part} is missing or its checksum is wrong; ${points}`,
    );
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

function asBytes(blob: unknown): Uint8Array | undefined {
  return blob instanceof Uint8Array || blob instanceof ArrayBuffer ? blobBytes(blob) : undefined;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
