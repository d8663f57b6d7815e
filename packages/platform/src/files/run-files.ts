import { randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { PlatformError } from "../error.js";

/** A file or folder of a run. */
export interface StoredFile {
  /** Last part of its path. */
  name: string;
  isFolder: boolean;
  bytes: number;
}

/** Begins the name of a file that is being written. */
const PART = ".part-";
/** A file is where a folder is wanted, a folder where a file is, a name has more characters than the file system takes, or the folder was removed meanwhile. */
const NO_PLACE: ReadonlySet<string> = new Set(["EISDIR", "ENOTDIR", "EEXIST", "ENOTEMPTY", "ENAMETOOLONG", "ENOENT"]);

/** The client went away before the end of its body. */
const CUT_OFF: ReadonlySet<string> = new Set(["ECONNRESET", "ERR_STREAM_PREMATURE_CLOSE"]);

/** Files of runs, in a folder for each instance. Paths are checked before they come here. */
export class RunFiles {
  private readonly folder: string;

  /** @param folder - of all of them; made with the first file */
  constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * Keeps a file, in place of one of the same path: it is written beside its place and moved there.
   *
   * @param instance - id
   * @param path - below the run
   * @param bytes - content
   * @returns its size
   * @throws PlatformError `store_full`; `bad_request` where no file can be, or it does not arrive whole; otherwise the error of the source or the file system
   */
  async put(instance: string, path: string, bytes: AsyncIterable<Uint8Array>): Promise<{ bytes: number }> {
    const target = this.place(instance, path);
    const part = join(this.place(instance, ""), `${PART}${randomBytes(8).toString("hex")}`);
    try {
      await mkdir(dirname(target), { recursive: true, mode: 0o700 });
      await pipeline(bytes, createWriteStream(part, { mode: 0o600 }));
      const { size } = await stat(part);
      await rename(part, target);
      return { bytes: size };
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      if (code === "ENOSPC" || code === "EDQUOT") throw new PlatformError("store_full", "The disk is full: nothing of this file was kept.");
      if (CUT_OFF.has(code)) throw new PlatformError("bad_request", "The file did not arrive whole: nothing of it was kept.");
      if (NO_PLACE.has(code))
        throw new PlatformError(
          "bad_request",
          `There is no place for a file ${path}: a file or a folder is in its way, its name is too long, or its folder was removed at the same moment.`,
        );
      throw error;
    } finally {
      await rm(part, { force: true }).catch(absent);
    }
  }

  /** @param instance - id @param path - of a folder below the run @returns what it holds, by name; nothing for what is not a folder */
  async list(instance: string, path: string): Promise<StoredFile[]> {
    const place = this.place(instance, path);
    const entries = await readdir(place, { withFileTypes: true }).catch(absent);
    const shown = (entries ?? []).filter(({ name }) => !name.startsWith(PART));
    const files = shown.map(async (entry) => ({
      name: entry.name,
      isFolder: entry.isDirectory(),
      bytes: entry.isDirectory() ? 0 : ((await stat(join(place, entry.name)).catch(absent))?.size ?? 0),
    }));
    return (await Promise.all(files)).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @param instance - id @param most - files to give @returns paths and sizes of its files, folder by folder */
  async all(instance: string, most: number): Promise<{ path: string; bytes: number }[]> {
    const found: { path: string; bytes: number }[] = [];
    const folders = [""];
    for (let folder = folders.shift(); folder !== undefined && found.length < most; folder = folders.shift()) {
      for (const { name, isFolder, bytes } of await this.list(instance, folder)) {
        const path = folder === "" ? name : `${folder}/${name}`;
        if (isFolder) folders.push(path);
        else if (found.length < most) found.push({ path, bytes });
      }
    }
    return found;
  }

  /** @param instance - id @param path - of a file @returns its size; `undefined` when there is no such file */
  async size(instance: string, path: string): Promise<number | undefined> {
    const found = await stat(this.place(instance, path)).catch(absent);
    return found?.isFile() === true ? found.size : undefined;
  }

  /** @param range - first and last byte; absent for all @returns the bytes of a file that is there */
  read(
    instance: string,
    path: string,
    range: { start: number; end: number } | undefined,
  ): NodeJS.ReadableStream & AsyncIterable<Uint8Array> {
    return createReadStream(this.place(instance, path), range);
  }

  /** Takes a file, a folder, or with an empty path all files of a run away. */
  async remove(instance: string, path: string): Promise<void> {
    await rm(this.place(instance, path), { recursive: true, force: true }).catch(absent);
  }

  /** @returns instances that have files */
  async instances(): Promise<string[]> {
    return ((await readdir(this.folder).catch(absent)) ?? []).map(decodeURIComponent);
  }

  private place(instance: string, path: string): string {
    return join(this.folder, encodeURIComponent(instance), path);
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR" && error.code !== "ENAMETOOLONG") throw error;
}
