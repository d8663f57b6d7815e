import { randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { PlatformError } from "../error.js";
import type { RunFiles, StoredFile } from "./run-files.js";

/** Begins the name of a file that is being written. */
const PART = ".part-";
/** A file is where a folder is wanted, a folder where a file is, a name has more characters than the file system takes, or the folder was removed meanwhile. */
const NO_PLACE: ReadonlySet<string> = new Set(["EISDIR", "ENOTDIR", "EEXIST", "ENOTEMPTY", "ENAMETOOLONG", "ENOENT"]);

/** The client went away before the end of its body. */
const CUT_OFF: ReadonlySet<string> = new Set(["ECONNRESET", "ERR_STREAM_PREMATURE_CLOSE"]);

/** Files of runs on this machine, in a folder for each instance. */
export class FolderFiles implements RunFiles {
  private readonly folder: string;

  /** @param folder - of all of them; made with the first file */
  constructor(folder: string) {
    this.folder = folder;
  }

  /** As of {@link RunFiles.put}: it is written beside its place and moved there. */
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

  /** As of {@link RunFiles.list}. */
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

  /** As of {@link RunFiles.all}: folder by folder. */
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

  /** As of {@link RunFiles.size}. */
  async size(instance: string, path: string): Promise<number | undefined> {
    const found = await stat(this.place(instance, path)).catch(absent);
    return found?.isFile() === true ? found.size : undefined;
  }

  /** As of {@link RunFiles.read}. */
  async read(instance: string, path: string, range: { start: number; end: number } | undefined): Promise<Readable> {
    return createReadStream(this.place(instance, path), range);
  }

  /** As of {@link RunFiles.remove}. */
  async remove(instance: string, path: string): Promise<void> {
    await rm(this.place(instance, path), { recursive: true, force: true }).catch(absent);
  }

  /** As of {@link RunFiles.removeParts}. */
  async removeParts(instance: string, beforeMs: number): Promise<void> {
    const folder = this.place(instance, "");
    for (const name of (await readdir(folder).catch(absent)) ?? []) {
      if (!name.startsWith(PART)) continue;
      const written = await stat(join(folder, name)).catch(absent);
      if (written && written.mtimeMs < beforeMs) await rm(join(folder, name), { force: true });
    }
  }

  /** As of {@link RunFiles.instances}. */
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
