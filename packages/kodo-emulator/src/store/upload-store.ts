import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Refusal } from "../answer.js";
import { type WrittenSegment, writeSegment } from "./write-segment.js";

/** A part that arrived whole. */
export interface StoredPart extends WrittenSegment {
  number: number;
}

/** A resumable upload v2 that goes on. */
export interface Upload {
  id: string;
  bucket: string;
  /** Absent where the client names none. */
  key?: string;
  /** Unix seconds. */
  expireAt: number;
}

/** Uploads v2, all of it on disk, so that upload ids outlive a restart. A part's facts are in its file's name: `<number>.<etag>.<md5>.<bytes>`. */
export class UploadStore {
  readonly #folder: string;

  /** @param folder - data folder */
  constructor(folder: string) {
    this.#folder = path.join(folder, "uploads");
    mkdirSync(this.#folder, { recursive: true });
  }

  begin(bucket: string, key: string | undefined, expireAt: number): Upload {
    const upload: Upload = { id: randomBytes(12).toString("hex"), bucket, ...(key === undefined ? {} : { key }), expireAt };
    mkdirSync(path.join(this.#folder, upload.id));
    writeFileSync(this.#infoOf(upload.id), JSON.stringify(upload));
    return upload;
  }

  /** @throws Refusal 612 for an id that is not known or is another key's, or whose time is over */
  find(id: string, bucket: string, key: string | undefined, nowMs: number): Upload {
    if (/^[0-9a-f]+$/.test(id) && existsSync(this.#infoOf(id))) {
      const upload = JSON.parse(readFileSync(this.#infoOf(id), "utf8")) as Upload;
      if (upload.bucket === bucket && upload.key === key && upload.expireAt * 1000 > nowMs) return upload;
    }
    throw new Refusal(612, "no such uploadId");
  }

  /** Takes a part in place of an earlier one of its number. @throws Refusal 406 when the MD5 is another one */
  async putPart(
    upload: Upload,
    number: number,
    body: AsyncIterable<Uint8Array>,
    maxBytes: number,
    wantedMd5?: string,
  ): Promise<StoredPart> {
    const folder = path.join(this.#folder, upload.id);
    const written = await writeSegment(path.join(folder, `${randomBytes(8).toString("hex")}.new`), body, maxBytes);
    if (wantedMd5 !== undefined && wantedMd5 !== written.md5) {
      rmSync(written.file);
      throw new Refusal(406, "Content-MD5 is not that of the body");
    }
    if (!existsSync(folder)) throw new Refusal(612, "no such uploadId");
    const file = path.join(folder, `${number}.${written.etag}.${written.md5}.${written.bytes}`);
    const before = this.partsOf(upload).find((part) => part.number === number);
    renameSync(written.file, file);
    if (before && before.file !== file) rmSync(before.file);
    return { ...written, file, number };
  }

  /** @returns the parts that arrived, by number */
  partsOf(upload: Upload): StoredPart[] {
    const folder = path.join(this.#folder, upload.id);
    const parts = readdirSync(folder).flatMap((name) => {
      const found = /^(\d+)\.([\w=-]+)\.([0-9a-f]{32})\.(\d+)$/.exec(name);
      if (!found) return [];
      const [, number, etag = "", md5 = "", bytes] = found;
      return [{ number: Number(number), etag, md5, bytes: Number(bytes), file: path.join(folder, name) }];
    });
    return parts.sort((a, b) => a.number - b.number);
  }

  /** Forgets an upload and what it still has of parts. */
  end(id: string): void {
    if (/^[0-9a-f]+$/.test(id)) rmSync(path.join(this.#folder, id), { recursive: true, force: true });
  }

  #infoOf(id: string): string {
    return path.join(this.#folder, id, "upload.json");
  }
}
