import { closeSync, constants, fdatasync, fstatSync, ftruncateSync, openSync, readdirSync, rmSync, writeSync, writevSync } from "node:fs";
import { join } from "node:path";
import { PlatformError, systemCode } from "../../error.js";
import { encodeFrame, LOG_HEAD } from "./frame.js";

/** When an accepted request counts as kept: in the page cache (survives the process) or on the disk (survives the machine). */
export type SyncPolicy = "none" | "group";

const NAME = /^(\d{8})\.log$/;

/** @returns the file of a segment */
export function segmentPath(folder: string, segment: number): string {
  return join(folder, `${String(segment).padStart(8, "0")}.log`);
}

/** @returns numbers of the segments in a folder, in order */
export function listSegments(folder: string): number[] {
  return readdirSync(folder)
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** Writes accepted requests to the newest segment. One process only; what has returned survives the death of the process. */
export class AppendLog {
  private readonly folder: string;
  private readonly syncPolicy: SyncPolicy;
  private fd: number;
  private nextFd: number | undefined;
  private current: number;
  private endBytes: number;
  private syncing: Promise<void> | undefined;
  private nextSync: Promise<void> | undefined;

  /**
   * @param folder - folder of the segments, exists
   * @param segment - number of the segment to go on with; made if it is not there
   */
  constructor(folder: string, segment: number, syncPolicy: SyncPolicy) {
    this.folder = folder;
    this.syncPolicy = syncPolicy;
    this.current = segment;
    this.fd = openSegment(segmentPath(folder, segment));
    this.endBytes = fstatSync(this.fd).size;
  }

  get segment(): number {
    return this.current;
  }

  /** Bytes of the current segment. */
  get byteLength(): number {
    return this.endBytes;
  }

  /**
   * Appends one frame, whole or not at all.
   *
   * @throws PlatformError `store_full` when there is no room; nothing of the frame stays
   */
  append(head: object, body: Uint8Array): void {
    const pieces = encodeFrame(head, body);
    const frameBytes = pieces[0].length + body.length;
    try {
      if (writevSync(this.fd, pieces, this.endBytes) !== frameBytes) throw Object.assign(new Error("short write"), { code: "ENOSPC" });
    } catch (error) {
      ftruncateSync(this.fd, this.endBytes);
      throw asStoreFull(error);
    }
    this.endBytes += frameBytes;
  }

  /** Resolves when everything appended so far is kept as the sync policy says; one `fdatasync` serves all who wait. */
  async kept(): Promise<void> {
    if (this.syncPolicy === "none") return;
    // A sync that is already running may have begun before the last write: wait for the one after it.
    this.nextSync ??= (this.syncing ?? Promise.resolve()).then(() => {
      this.syncing = this.nextSync;
      this.nextSync = undefined;
      return new Promise((resolve, reject) => fdatasync(this.fd, (error) => (error === null ? resolve() : reject(asStoreFull(error)))));
    });
    await this.nextSync;
  }

  /** Makes and opens the next segment without using it yet, so that nothing can fail once the checkpoint is committed. @returns its number */
  prepareNext(): number {
    this.nextFd = openSegment(segmentPath(this.folder, this.current + 1));
    return this.current + 1;
  }

  /** Takes back {@link prepareNext}. */
  dropNext(): void {
    if (this.nextFd !== undefined) closeSync(this.nextFd);
    this.nextFd = undefined;
    rmSync(segmentPath(this.folder, this.current + 1), { force: true });
  }

  /** Goes over to the prepared segment and removes all before it: the checkpoint has them. */
  useNext(): void {
    const old = this.fd;
    // A sync may still run on the old file; what it was for is in the checkpoint already.
    void (this.syncing ?? Promise.resolve()).finally(() => closeSync(old));
    this.fd = this.nextFd!;
    this.nextFd = undefined;
    this.current++;
    this.endBytes = LOG_HEAD.length;
    for (const segment of listSegments(this.folder)) if (segment < this.current) rmSync(segmentPath(this.folder, segment));
  }

  close(): void {
    closeSync(this.fd);
  }
}

function openSegment(path: string): number {
  const fd = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    if (fstatSync(fd).size < LOG_HEAD.length) writeSync(fd, LOG_HEAD, 0, LOG_HEAD.length, 0);
  } catch (error) {
    closeSync(fd);
    throw asStoreFull(error);
  }
  return fd;
}

const FULL = new Set(["ENOSPC", "EDQUOT", "EFBIG", "SQLITE_FULL"]);

/** @returns `store_full` for errors that mean no room, else the error itself */
export function asStoreFull(error: unknown): unknown {
  if (!FULL.has(systemCode(error) ?? "")) return error;
  return new PlatformError("store_full", "The platform's disk is full; nothing of this request was kept. Make room and send it again.", {
    cause: error,
  });
}
