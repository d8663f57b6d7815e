import { closeSync, fsyncSync, openSync, rmSync } from "node:fs";
import { asRefusal } from "./refusal.js";
import { SegmentFile } from "./segment-file.js";
import { listSegments, segmentPath } from "./segment-name.js";

/** When an accepted request counts as kept: in the page cache (survives the process) or on the disk (survives the machine). */
export type SyncPolicy = "none" | "group";

/**
 * Writes accepted requests to segments of its own, each made when it is first needed, so that a store opens on a full disk. One process only; what
 * has returned survives the death of the process.
 */
export class AppendLog {
  private readonly folder: string;
  private readonly syncPolicy: SyncPolicy;
  private file: SegmentFile | undefined;
  /** Highest number that was used: each try takes one of its own, so that what a failed one left is not in the way. */
  private segment: number;
  /** Bytes of segments before the current one that no checkpoint contains. */
  private earlierBytes: number;
  /** What must be repaired before anything is written again: bytes that were refused are still in a file. */
  private broken: { file: SegmentFile; segment: number; repair: () => void } | undefined;
  /** Bytes of the segments that the last {@link rotate} left behind. */
  private rotatedBytes = 0;

  /**
   * @param folder - folder of the segments, exists
   * @param segment - highest number that any segment has had
   * @param earlierBytes - bytes of the segments that are there
   */
  constructor(folder: string, segment: number, earlierBytes: number, syncPolicy: SyncPolicy) {
    this.folder = folder;
    this.segment = segment;
    this.earlierBytes = earlierBytes;
    this.syncPolicy = syncPolicy;
  }

  /** Bytes that no checkpoint contains yet. */
  get byteLength(): number {
    return this.earlierBytes + (this.file?.byteLength ?? 0);
  }

  /** Requests count as kept only after {@link sync}. */
  get isSynced(): boolean {
    return this.syncPolicy === "group";
  }

  /**
   * Appends one frame, whole or not at all.
   *
   * @throws PlatformError `store_full` when there is no room, `store_failed` for other failures of the disk; nothing of the frame counts
   */
  append(head: object, body: Uint8Array): void {
    try {
      this.repairBroken();
      // What it held is still in memory, and the next checkpoint keeps it.
      if (this.file?.isGone === true) this.leaveFile();
      this.file ??= this.openSegment();
      const file = this.file;
      try {
        file.append(head, body);
      } catch (error) {
        this.repairBy(file, () => file.cutBack());
        throw error;
      }
    } catch (error) {
      throw asRefusal(error);
    }
  }

  /**
   * Brings everything appended so far to the disk. After a failed sync the system forgets what it could not write: everything since the last good
   * one is cut off, and the file is not gone on with.
   *
   * @param takeBack - told the reason, `store_full` or `store_failed`; called before anything else can be appended
   */
  async sync(takeBack: (error: unknown) => void): Promise<void> {
    const { file } = this;
    try {
      await file?.sync();
    } catch (error) {
      // Otherwise a checkpoint has brought all of it into the database meanwhile.
      if (this.file !== file || file === undefined) return;
      this.earlierBytes = this.byteLength;
      this.file = undefined;
      this.repairBy(file, () => {
        file.cutToSynced();
        file.close();
      });
      takeBack(asRefusal(error));
    }
  }

  /**
   * Begins a checkpoint: what is appended from now on goes to later segments.
   *
   * @returns number of the first of them
   */
  rotate(): number {
    this.leaveFile();
    this.rotatedBytes = this.earlierBytes;
    return this.segment + 1;
  }

  /** Removes the segments before a number: a checkpoint has them. @param first - what the last {@link rotate} gave */
  removeBefore(first: number): void {
    if (this.broken !== undefined && this.broken.segment < first) {
      this.broken.file.close();
      this.broken = undefined;
    }
    this.earlierBytes -= this.rotatedBytes;
    this.rotatedBytes = 0;
    try {
      for (const segment of listSegments(this.folder)) if (segment < first) rmSync(segmentPath(this.folder, segment));
    } catch {
      // They are not needed; the next checkpoint or the next start removes them.
    }
  }

  close(): void {
    this.broken?.file.close();
    this.file?.close();
    this.file = undefined;
  }

  private leaveFile(): void {
    this.earlierBytes = this.byteLength;
    if (this.file !== this.broken?.file) this.file?.close();
    this.file = undefined;
  }

  private openSegment(): SegmentFile {
    const file = new SegmentFile(segmentPath(this.folder, ++this.segment));
    try {
      if (this.isSynced) syncFolder(this.folder);
      return file;
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Repairs now; where that fails, before the next append. */
  private repairBy(file: SegmentFile, repair: () => void): void {
    this.broken = { file, segment: this.segment, repair };
    try {
      this.repairBroken();
    } catch {
      // The disk does not work at all: every append tries again, and is refused until it does.
    }
  }

  private repairBroken(): void {
    this.broken?.repair();
    this.broken = undefined;
  }
}

/** A file whose name is not on the disk is lost with the power. */
function syncFolder(folder: string): void {
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
