import { createHash } from "node:crypto";
import { constants, createReadStream, createWriteStream } from "node:fs";
import { access, readdir, realpath, rename, rm, stat } from "node:fs/promises";
import { dirname, join, relative, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { pathToFileURL } from "node:url";
import { AvaError } from "../place/error.js";
import { makeFolder } from "../place/workspace/make-folder.js";
import type { Storage } from "./storage.js";
import { resolveFile } from "./transfer/download/target.js";
import type { PutResult, StoredObject, TransferOptions } from "./transfer/stored-object.js";
import { openRegular } from "./transfer/upload/source-file.js";

/** End of the names of files that are not whole yet. */
const PARTIAL = ".ava-partial";

/** A folder as object storage: keys are paths below it. Works without any cloud, and on file systems that many machines share. */
export class FileStorage implements Storage {
  readonly spec: string;
  private readonly root: string;
  private readonly closing = new AbortController();

  /** @param root - folder; made when the first object is stored */
  constructor(root: string) {
    this.root = resolve(root);
    this.spec = `file:${this.root}`;
  }

  /** As of {@link Storage.put}; copies beside the final name, reads the copy back, then renames. */
  async put(file: string, key: string, options: TransferOptions = {}): Promise<PutResult> {
    const target = this.pathOf(key);
    await checkRegular(file);
    makeFolder(dirname(target));
    return { ...(await this.copy(file, target, key, options)), url: await urlOf(target) };
  }

  /** As of {@link Storage.putMade}. */
  async putMade(key: string, make: (path: string) => Promise<void>): Promise<PutResult> {
    const target = this.pathOf(key);
    const partial = `${target}.${process.pid}-${process.hrtime.bigint()}${PARTIAL}`;
    makeFolder(dirname(target));
    try {
      await make(partial);
      const made = { key, bytes: (await stat(partial)).size, hash: await hashOf(partial) };
      await rename(partial, target);
      return { ...made, url: await urlOf(target) };
    } finally {
      await rm(partial, { force: true });
    }
  }

  /** As of {@link Storage.get}. */
  async get(key: string, file: string, options: TransferOptions = {}): Promise<StoredObject> {
    const source = this.pathOf(key);
    await access(source, constants.R_OK).catch((cause: NodeJS.ErrnoException) => {
      throw new AvaError("OBJECT_MISSING", `there is no object '${key}' in ${this.root} that can be read: ${cause.code}`, { cause });
    });
    makeFolder(dirname(resolve(file)));
    return this.copy(source, await resolveFile(file), key, options);
  }

  /** As of {@link Storage.stat}. */
  async stat(key: string): Promise<StoredObject | undefined> {
    const path = this.pathOf(key);
    const facts = await stat(path).catch(() => undefined);
    return facts?.isFile() ? { key, bytes: facts.size, hash: await hashOf(path) } : undefined;
  }

  /** As of {@link Storage.list}. */
  async *list(prefix: string): AsyncGenerator<StoredObject, void, undefined> {
    const names = await readdir(this.root, { recursive: true }).catch(() => [] as string[]);
    const keys = names.map((name) => name.split(sep).join("/")).filter((key) => key.startsWith(prefix) && !key.endsWith(PARTIAL));
    for (const key of keys.toSorted()) {
      const found = await this.stat(key);
      if (found) yield found;
    }
  }

  /** As of {@link Storage.delete}. */
  async delete(key: string): Promise<boolean> {
    const isThere = (await stat(this.pathOf(key)).catch(() => undefined))?.isFile() ?? false;
    await rm(this.pathOf(key), { force: true });
    return isThere;
  }

  /** As of {@link Storage.close}. */
  close(): void {
    this.closing.abort();
  }

  private async copy(from: string, to: string, key: string, { signal, onProgress }: TransferOptions): Promise<StoredObject> {
    const totalBytes = (await stat(from)).size;
    const startMs = performance.now();
    const partial = `${to}.${process.pid}-${process.hrtime.bigint()}${PARTIAL}`;
    const hash = createHash("sha256");
    let bytes = 0;
    try {
      const watched = async function* (source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
        for await (const piece of source) {
          hash.update(piece);
          bytes += piece.length;
          onProgress?.({ bytes, totalBytes, bytesPerSecond: (bytes * 1000) / (performance.now() - startMs) });
          yield piece;
        }
      };
      const ending = signal ? AbortSignal.any([signal, this.closing.signal]) : this.closing.signal;
      await pipeline(createReadStream(from), watched, createWriteStream(partial, { flush: true }), { signal: ending });
      const sent = hash.digest("hex");
      if ((await hashOf(partial)) !== sent) throw new Error(`the copy of ${from} differs from it`);
      await rename(partial, to);
      return { key, bytes, hash: sent };
    } catch (cause) {
      await rm(partial, { force: true });
      const code = signal?.aborted || this.closing.signal.aborted ? "ABORTED" : "FILE_UNWRITABLE";
      throw new AvaError(code, `'${key}' cannot be copied to ${to}: ${(cause as Error).message}`, { cause });
    }
  }

  /** The path of a key; a key that would leave the folder is refused. */
  private pathOf(key: string): string {
    const path = join(this.root, key);
    const inside = relative(this.root, path);
    if (inside === "" || inside === ".." || inside.startsWith(`..${sep}`))
      throw new AvaError("KEY_INVALID", `key '${key}' leaves the storage's folder`);
    return path;
  }
}

/** Opening a pipe could wait for ever. */
async function checkRegular(file: string): Promise<void> {
  try {
    await (await openRegular(file)).close();
  } catch (cause) {
    throw new AvaError("FILE_UNREADABLE", `${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** By its real path: the platform gives out no file that lies behind a link. */
async function urlOf(path: string): Promise<string> {
  return pathToFileURL(await realpath(path)).href;
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(file)) hash.update(piece as Uint8Array);
  return hash.digest("hex");
}
