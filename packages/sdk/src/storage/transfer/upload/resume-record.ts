import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { makePrivateFolder } from "../../../place/workspace/make-folder.js";

/** What a later try needs to go on; parts by number. */
export interface ResumeState {
  uploadId: string;
  /** Unix seconds. */
  expireAt: number;
  etags: Record<number, string>;
}

/** An upload id is given up so long before it ends, in milliseconds: as Kodo's own clients do. */
const MARGIN_MS = 2 * 3600 * 1000;

/** Upload ids live for 7 days: what is older can't be used any more. */
const OLDEST_MS = 7 * 24 * 3600 * 1000;

/**
 * The record of one upload on disk. It only saves work: where it can't be written or read, the upload starts from the beginning.
 */
export class ResumeRecord {
  private readonly folder: string;
  private readonly file: string;
  private next: ResumeState | undefined;
  private writing: Promise<void> | undefined;

  /**
   * @param folder - of all records
   * @param identity - everything that makes an upload this one: destination, source, part size
   */
  constructor(folder: string, identity: readonly (string | number)[]) {
    this.folder = folder;
    this.file = join(folder, `${createHash("sha1").update(JSON.stringify(identity)).digest("hex")}.json`);
  }

  /** @param nowMs - the time now @returns what an earlier try left; `undefined` where there is nothing of use */
  load(nowMs: number = Date.now()): ResumeState | undefined {
    try {
      const state = JSON.parse(readFileSync(this.file, "utf8")) as Partial<ResumeState>;
      const isWhole = typeof state.uploadId === "string" && typeof state.expireAt === "number" && typeof state.etags === "object";
      return isWhole && (state.expireAt as number) * 1000 - MARGIN_MS > nowMs ? (state as ResumeState) : undefined;
    } catch {
      // None, or one that a full disk cut short: both mean the beginning.
      return undefined;
    }
  }

  /**
   * Begins to write what is known now; while one writing goes on, only the newest state waits for it. Replacing a file can take 10 ms of disk, which
   * neither the process nor the parts wait for.
   *
   * @param state - replaces what was there, whole or not at all
   */
  save(state: ResumeState): void {
    this.next = state;
    this.writing ??= this.writeAll();
  }

  /** @returns when everything that was saved is in the file */
  async settled(): Promise<void> {
    await this.writing;
  }

  /** @param uploadId - forgets the record if it still is of this upload: another process may have begun a new one */
  async drop(uploadId: string): Promise<void> {
    await this.writing;
    if (this.load(0)?.uploadId !== uploadId) return;
    rmSync(this.file, { force: true });
    // Left by processes that were killed; one that still writes only loses this writing.
    this.remove((name) => name.startsWith(basename(this.file)));
  }

  /** Removes what no upload can use any more. @param nowMs - the time now */
  prune(nowMs: number = Date.now()): void {
    this.remove((name) => nowMs - statSync(join(this.folder, name)).mtimeMs > OLDEST_MS);
  }

  private remove(isMeant: (name: string) => boolean): void {
    try {
      for (const name of readdirSync(this.folder)) if (isMeant(name)) rmSync(join(this.folder, name), { force: true });
    } catch {
      // No folder yet, or another process removed the file first.
    }
  }

  private async writeAll(): Promise<void> {
    for (let state = this.next; state; state = this.next) {
      this.next = undefined;
      await this.write(JSON.stringify(state));
    }
    this.writing = undefined;
  }

  private async write(text: string): Promise<void> {
    const whole = `${this.file}.${process.pid}.${randomBytes(4).toString("hex")}.new`;
    try {
      makePrivateFolder(this.folder);
      await writeFile(whole, text, { mode: 0o600 });
      await rename(whole, this.file);
    } catch {
      // Without a record the upload goes on; only a later process can't take it up.
      rmSync(whole, { force: true });
    }
  }
}
