import { chmod, type FileHandle, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { BLOCK_BYTES, etagOfBlocks, sha1 } from "ava-kodo";
import { TransferError } from "../transfer-error.js";
import type { PartPlace } from "./part-place.js";
import type { ContentIdentity } from "./range-source.js";

/** Version of the resume record, see docs/formats/kodo.md. */
const VERSION = 1;

/** Blocks that are read and checked at the same time. */
const CHECKS_AT_ONCE = 4;

/** What an earlier download left; its blocks are checked against the record. */
export interface Leftover {
  identity: Required<ContentIdentity>;
  /** SHA-1 of each block that is there. */
  digests: (Uint8Array | undefined)[];
}

/** The half-done file of a download, with the record of its finished blocks. */
export class PartFile {
  /** SHA-1 of each block that is there. */
  readonly digests: (Uint8Array | undefined)[];
  private readonly place: PartPlace;
  private readonly file: FileHandle;
  private readonly record: FileHandle;
  private writing: Promise<void> = Promise.resolve();

  private constructor(place: PartPlace, file: FileHandle, record: FileHandle, digests: (Uint8Array | undefined)[]) {
    this.place = place;
    this.file = file;
    this.record = record;
    this.digests = digests;
  }

  /**
   * @param place - where the file and its record are
   * @param identity - of the content
   * @param leftover - goes on from there; absent: starts with nothing
   * @returns the open file
   * @throws TransferError FILE_UNWRITABLE, DISK_FULL
   */
  static async open(place: PartPlace, identity: ContentIdentity, leftover?: Leftover): Promise<PartFile> {
    return asDiskError(place.path, async () => {
      if (!leftover) await removePart(place);
      const digests = leftover?.digests ?? [];
      const lines = digests.map((digest, index) => (digest ? lineOf(index, digest) : ""));
      const head = JSON.stringify({ version: VERSION, blockBytes: BLOCK_BYTES, ...identity });
      await replaceFile(place.record, [`${head}\n`, ...lines].join(""));
      const file = await open(place.part, leftover ? "r+" : "w");
      return new PartFile(place, file, await open(place.record, "a"), digests);
    });
  }

  /**
   * Writes a block, then notes that it is there.
   *
   * @param index - number of the block
   * @param pieces - its bytes, not changed before this resolves
   * @param digest - SHA-1 of them
   * @throws TransferError FILE_UNWRITABLE, DISK_FULL
   */
  async write(index: number, pieces: readonly Uint8Array[], digest: Uint8Array): Promise<void> {
    await asDiskError(this.place.path, async () => {
      // One after the other: writers of one file wait for each other in the kernel anyway, and burn the time there.
      this.writing = this.writing.then(() => writeAll(this.file, pieces, index * BLOCK_BYTES));
      await this.writing;
      await this.record.write(lineOf(index, digest));
      this.digests[index] = digest;
    });
  }

  /** @returns the etag of the content, all of whose blocks are there */
  etag(): string {
    return etagOfBlocks(this.digests.length === 0 ? [EMPTY] : (this.digests as Uint8Array[]));
  }

  /** Counts blocks as not there. @param position - where the first of them starts */
  forgetFrom(position: number): void {
    this.digests.length = Math.min(this.digests.length, position / BLOCK_BYTES);
  }

  /** Cuts off what an answer that was given up wrote behind the end. @param totalBytes - length of the content */
  async trim(totalBytes: number): Promise<void> {
    this.digests.length = Math.ceil(totalBytes / BLOCK_BYTES);
    await asDiskError(this.place.path, () => this.file.truncate(totalBytes));
  }

  /** Gives the finished file its name; an older file of that name is replaced at once, by one of the same mode. */
  async finish(): Promise<void> {
    const { path, part, record, mode } = this.place;
    await this.close();
    await asDiskError(path, async () => {
      if (mode !== undefined) await chmod(part, mode);
      await rename(part, path);
      await rm(record, { force: true });
    });
  }

  /** Closes the file; what is there stays for a later try. */
  async close(): Promise<void> {
    await this.file.close();
    await this.record.close();
  }
}

/** SHA-1 of nothing. */
const EMPTY = Buffer.from("da39a3ee5e6b4b0d3255bfef95601890afd80709", "hex");

/**
 * Finds what an earlier download left and checks each of its blocks, so that neither a torn write nor a changed file gets into the result.
 *
 * @param place - where its file and record are
 * @returns what is usable; `undefined` when nothing is
 */
export async function findLeftover({ part, record }: PartPlace): Promise<Leftover | undefined> {
  let file: FileHandle | undefined;
  try {
    const [head = "", ...lines] = (await readFile(record, "utf8")).split("\n");
    const { version, blockBytes, validator, totalBytes } = JSON.parse(head) as Record<string, unknown>;
    if (version !== VERSION || blockBytes !== BLOCK_BYTES || typeof validator !== "string" || typeof totalBytes !== "number")
      return undefined;
    file = await open(part, "r");
    const digests = await checkedBlocks(file, lines, totalBytes);
    return digests.length === 0 ? undefined : { identity: { validator, totalBytes }, digests };
  } catch {
    // No record, a torn one, or no part: there is nothing to go on from.
    return undefined;
  } finally {
    await file?.close();
  }
}

/** Removes what a download left. @param place - where its file and record are */
export async function removePart({ part, record }: PartPlace): Promise<void> {
  // In this order: a part without a record is not ours.
  await rm(part, { force: true });
  await rm(record, { force: true });
}

const lineOf = (index: number, digest: Uint8Array) => `${index} ${Buffer.from(digest).toString("hex")}\n`;

async function checkedBlocks(file: FileHandle, lines: readonly string[], totalBytes: number): Promise<(Uint8Array | undefined)[]> {
  const noted = lines.map((line) => /^(\d+) ([\da-f]{40})$/.exec(line)).filter((match) => match !== null);
  const digests: (Uint8Array | undefined)[] = [];
  const check = async () => {
    const buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    for (let match = noted.pop(); match; match = noted.pop()) {
      const index = Number(match[1]);
      const start = index * BLOCK_BYTES;
      const block = buffer.subarray(0, Math.min(BLOCK_BYTES, totalBytes - start));
      if (start >= totalBytes || (await file.read(block, 0, block.length, start)).bytesRead < block.length) continue;
      const digest = await sha1(block);
      if (Buffer.from(digest).toString("hex") === match[2]) digests[index] = digest;
    }
  };
  await Promise.all(Array.from({ length: CHECKS_AT_ONCE }, check));
  return digests;
}

async function replaceFile(path: string, text: string): Promise<void> {
  try {
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  } catch (error) {
    await rm(`${path}.new`, { force: true });
    throw error;
  }
}

async function writeAll(file: FileHandle, pieces: readonly Uint8Array[], position: number): Promise<void> {
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const { bytesWritten } = await file.writev(pieces, position);
  if (bytesWritten < bytes) await writeAll(file, [Buffer.concat(pieces).subarray(bytesWritten)], position + bytesWritten);
}

async function asDiskError<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { code = "" } = cause as NodeJS.ErrnoException;
    if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG") {
      const advice = "what came so far is kept; make room and download again to go on";
      throw new TransferError("DISK_FULL", `no room for ${path} (${code}): ${advice}`, { cause });
    }
    throw new TransferError("FILE_UNWRITABLE", `can't write ${path} (${code || String(cause)})`, { cause });
  }
}
