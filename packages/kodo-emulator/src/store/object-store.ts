import { createHash, randomUUID } from "node:crypto";
import { createReadStream, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/** A file that holds a piece of an object: parts become objects by being renamed, not copied. */
export interface Segment {
  file: string;
  bytes: number;
}

/** One object as it is kept on disk. */
export interface StoredObject {
  key: string;
  hash: string;
  fsize: number;
  mimeType: string;
  /** Unix time in units of 100 ns. */
  putTime: number;
  segments: Segment[];
  /** `x-qn-meta-*` headers of downloads. */
  metadata: Record<string, string>;
  /** Sizes of the parts, where they are needed to compute the hash. */
  parts?: number[];
}

/** Objects of all buckets, on disk and in memory: one JSON file an object, written by rename. */
export class ObjectStore {
  readonly #folder: string;
  readonly #buckets = new Map<string, Map<string, StoredObject>>();
  readonly #readers = new Map<StoredObject, number>();
  readonly #doomed = new Set<StoredObject>();

  /** @param folder - data folder @param buckets - names; those on disk that are not named stay untouched */
  constructor(folder: string, buckets: readonly string[]) {
    this.#folder = folder;
    mkdirSync(path.join(folder, "segments"), { recursive: true });
    for (const bucket of buckets) {
      const bucketFolder = path.join(folder, "buckets", encodeURIComponent(bucket));
      mkdirSync(bucketFolder, { recursive: true });
      const objects = new Map<string, StoredObject>();
      for (const name of readdirSync(bucketFolder).filter((entry) => entry.endsWith(".json"))) {
        const object = JSON.parse(readFileSync(path.join(bucketFolder, name), "utf8")) as StoredObject;
        objects.set(object.key, object);
      }
      this.#buckets.set(bucket, objects);
    }
  }

  /** @returns a path for a new segment */
  newSegment(): string {
    return path.join(this.#folder, "segments", randomUUID());
  }

  hasBucket(bucket: string): boolean {
    return this.#buckets.has(bucket);
  }

  get(bucket: string, key: string): StoredObject | undefined {
    return this.#buckets.get(bucket)?.get(key);
  }

  /** @returns the bucket's objects with this prefix, in the order of their keys' bytes */
  list(bucket: string, prefix: string): StoredObject[] {
    const objects = [...(this.#buckets.get(bucket)?.values() ?? [])].filter(({ key }) => key.startsWith(prefix));
    return objects.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  }

  /** Stores an object in place of the one that has its key. */
  put(bucket: string, object: StoredObject): void {
    const file = this.#fileOf(bucket, object.key);
    const segments = object.segments.map(({ file: from, bytes }) => {
      const segment = this.newSegment();
      renameSync(from, segment);
      return { file: path.basename(segment), bytes };
    });
    const stored = { ...object, segments };
    writeFileSync(`${file}.new`, JSON.stringify(stored));
    renameSync(`${file}.new`, file);
    const before = this.get(bucket, object.key);
    this.#buckets.get(bucket)?.set(object.key, stored);
    if (before) this.#drop(before);
  }

  /** @returns whether there was such an object */
  delete(bucket: string, key: string): boolean {
    const object = this.get(bucket, key);
    if (!object) return false;
    rmSync(this.#fileOf(bucket, key));
    this.#buckets.get(bucket)?.delete(key);
    this.#drop(object);
    return true;
  }

  /** Reads bytes `from` to `to` (exclusive) of an object; it stays readable when it is replaced meanwhile. */
  async *read(object: StoredObject, from: number, to: number): AsyncGenerator<Uint8Array> {
    this.#readers.set(object, (this.#readers.get(object) ?? 0) + 1);
    try {
      let start = 0;
      for (const { file, bytes } of object.segments) {
        const [first, end] = [Math.max(from - start, 0), Math.min(to - start, bytes)];
        start += bytes;
        if (first >= end) continue;
        yield* createReadStream(path.join(this.#folder, "segments", file), { start: first, end: end - 1, highWaterMark: 256 * 1024 });
      }
    } finally {
      this.#readers.set(object, (this.#readers.get(object) ?? 1) - 1);
      if (this.#doomed.has(object)) this.#drop(object);
    }
  }

  #drop(object: StoredObject): void {
    this.#doomed.add(object);
    if ((this.#readers.get(object) ?? 0) > 0) return;
    for (const { file } of object.segments) rmSync(path.join(this.#folder, "segments", file), { force: true });
    this.#readers.delete(object);
    this.#doomed.delete(object);
  }

  #fileOf(bucket: string, key: string): string {
    const name = createHash("sha1").update(key).digest("hex");
    return path.join(this.#folder, "buckets", encodeURIComponent(bucket), `${name}.json`);
  }
}
