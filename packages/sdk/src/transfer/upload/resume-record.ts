import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

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

  /** @param state - replaces what was there, whole or not at all */
  save(state: ResumeState): void {
    const next = `${this.file}.${process.pid}.${randomBytes(4).toString("hex")}.new`;
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      writeFileSync(next, JSON.stringify(state), { mode: 0o600 });
      renameSync(next, this.file);
    } catch {
      // Without a record the upload goes on; only a later process can't take it up.
      rmSync(next, { force: true });
    }
  }

  /** @param uploadId - forgets the record if it still is of this upload: another process may have begun a new one */
  drop(uploadId: string): void {
    if (this.load(0)?.uploadId === uploadId) rmSync(this.file, { force: true });
  }

  /** Removes what no upload can use any more. @param nowMs - the time now */
  prune(nowMs: number = Date.now()): void {
    try {
      for (const name of readdirSync(this.folder)) {
        const file = join(this.folder, name);
        if (nowMs - statSync(file).mtimeMs > OLDEST_MS) rmSync(file, { force: true });
      }
    } catch {
      // No folder yet, or another process removed the file first.
    }
  }
}
