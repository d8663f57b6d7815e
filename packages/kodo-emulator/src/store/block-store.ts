import { createHash, randomBytes } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, truncateSync, writeSync } from "node:fs";
import path from "node:path";
import { crc32 } from "node:zlib";
import { BLOCK_BYTES, composedEtag, type EtagPart, urlsafeBase64 } from "ava-kodo";
import { Refusal } from "../answer.js";

/** A block of a resumable upload v1 as its ctx names it: `<id>.<size>.<offset>`; the offset is the size of its file. */
export interface Block {
  id: string;
  file: string;
  bytes: number;
  offset: number;
}

/** What a chunk is answered with. */
export interface TakenChunk {
  ctx: string;
  crc32: number;
  checksum: string;
  offset: number;
}

/** Blocks of uploads v1; only files, so that a ctx outlives a restart. */
export class BlockStore {
  readonly #folder: string;

  /** @param folder - data folder */
  constructor(folder: string) {
    this.#folder = path.join(folder, "blocks");
    mkdirSync(this.#folder, { recursive: true });
  }

  begin(bytes: number): Block {
    if (!(bytes >= 1 && bytes <= BLOCK_BYTES)) throw new Refusal(400, "a block has 1 byte to 4 MiB");
    const id = randomBytes(12).toString("hex");
    return { id, file: path.join(this.#folder, id), bytes, offset: 0 };
  }

  /** @throws Refusal 701 for a ctx that is not the last one of a known block */
  find(ctx: string): Block {
    const [, id = "", bytes, offset] = /^([0-9a-f]{24})\.(\d+)\.(\d+)$/.exec(ctx) ?? [];
    const file = path.join(this.#folder, id);
    if (id === "" || !existsSync(file) || statSync(file).size !== Number(offset)) throw new Refusal(701, "bad or expired ctx");
    return { id, file, bytes: Number(bytes), offset: Number(offset) };
  }

  /** Appends a chunk; one that breaks off leaves the block as it was. @throws Refusal 400 past the block's end */
  async append(block: Block, body: AsyncIterable<Uint8Array>): Promise<TakenChunk> {
    const fd = openSync(block.file, "a");
    const sha1 = createHash("sha1");
    let crc = 0;
    let offset = block.offset;
    try {
      for await (const piece of body) {
        offset += piece.length;
        if (offset > block.bytes) throw new Refusal(400, "the chunk reaches past the block's end");
        sha1.update(piece);
        crc = crc32(piece, crc);
        writeSync(fd, piece);
      }
    } catch (error) {
      if (block.offset === 0) rmSync(block.file);
      else truncateSync(block.file, block.offset);
      throw error;
    } finally {
      closeSync(fd);
    }
    return { ctx: `${block.id}.${block.bytes}.${offset}`, crc32: crc, checksum: urlsafeBase64(sha1.digest()), offset };
  }

  /** @returns what a whole block adds to the object's hash */
  etagPartOf(block: Block): EtagPart {
    return { etag: composedEtag([readFileSync(block.file)]), size: block.bytes };
  }

  forget(ctx: string): void {
    const [id = ""] = ctx.split(".");
    if (/^[0-9a-f]{24}$/.test(id)) rmSync(path.join(this.#folder, id), { force: true });
  }
}
