import type { Readable } from "node:stream";
import type { Blobs } from "../blobs/blobs.js";
import { PlatformError, systemCode } from "../error.js";
import type { RunFiles, StoredFile } from "./run-files.js";

/** Beginning of the keys of all files. */
const FILES = "files/";

/** In how many seconds a client may ask again. */
const RETRY_AFTER_SECONDS = 60;

/** The client went away before the end of its body. */
const CUT_OFF: ReadonlySet<string> = new Set(["ECONNRESET", "ERR_STREAM_PREMATURE_CLOSE"]);

/** Files of runs in a bucket that replicas share. */
export class BlobFiles implements RunFiles {
  private readonly blobs: Blobs;
  private readonly claim: { hold(): Promise<void> } | undefined;

  /** @param blobs - where they lie @param claim - held before anything is changed there */
  constructor(blobs: Blobs, claim?: { hold(): Promise<void> }) {
    this.blobs = blobs;
    this.claim = claim;
  }

  /** As of {@link RunFiles.put}. */
  async put(instance: string, path: string, bytes: AsyncIterable<Uint8Array>): Promise<{ bytes: number }> {
    await this.hold();
    try {
      return { bytes: await this.blobs.putStream(keyOf(instance, path), bytes) };
    } catch (error) {
      if (!CUT_OFF.has(systemCode(error) ?? "")) throw error;
      throw new PlatformError("bad_request", "The file did not arrive whole: nothing of it was kept.");
    }
  }

  /** As of {@link RunFiles.list}. */
  async list(instance: string, path: string): Promise<StoredFile[]> {
    const prefix = keyOf(instance, path === "" ? "" : `${path}/`);
    const found: StoredFile[] = [];
    for await (const { key, bytes, isFolder } of this.blobs.list(prefix, true)) {
      found.push({ name: key.slice(prefix.length).replace(/\/$/, ""), isFolder, bytes });
    }
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** As of {@link RunFiles.all}. */
  async all(instance: string, most: number): Promise<{ path: string; bytes: number }[]> {
    const prefix = keyOf(instance, "");
    const found: { path: string; bytes: number }[] = [];
    for await (const { key, bytes } of this.blobs.list(prefix)) {
      if (found.push({ path: key.slice(prefix.length), bytes }) >= most) break;
    }
    return found;
  }

  /** As of {@link RunFiles.size}. */
  size(instance: string, path: string): Promise<number | undefined> {
    return this.blobs.size(keyOf(instance, path));
  }

  /** As of {@link RunFiles.read}. */
  async read(instance: string, path: string, range: { start: number; end: number } | undefined): Promise<Readable> {
    const content = await this.blobs.read(keyOf(instance, path), range);
    if (content === undefined) throw new PlatformError("not_found", `The instance ${instance} has no file ${path}.`);
    return content;
  }

  /** As of {@link RunFiles.remove}. */
  async remove(instance: string, path: string): Promise<void> {
    await this.hold();
    if (path !== "") await this.blobs.delete(keyOf(instance, path));
    for await (const { key } of this.blobs.list(keyOf(instance, path === "" ? "" : `${path}/`))) await this.blobs.delete(key);
  }

  /** A client cannot do anything about whose the bucket is: it sends again. */
  private async hold(): Promise<void> {
    try {
      await this.claim?.hold();
    } catch (error) {
      if (!(error instanceof PlatformError) || error.code !== "usage") throw error;
      throw new PlatformError("store_failed", error.message, { cause: error, retryAfterSeconds: RETRY_AFTER_SECONDS });
    }
  }

  /** As of {@link RunFiles.removeParts}: what did not arrive whole is not in the bucket. */
  async removeParts(): Promise<void> {}

  /** As of {@link RunFiles.instances}. */
  async instances(): Promise<string[]> {
    const ids: string[] = [];
    for await (const { key } of this.blobs.list(FILES, true)) ids.push(decodeURIComponent(key.slice(FILES.length).replace(/\/$/, "")));
    return ids;
  }
}

function keyOf(instance: string, path: string): string {
  return `${FILES}${encodeURIComponent(instance)}/${path}`;
}
