import { createHash } from "node:crypto";
import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { AvaError } from "../../../place/error.js";

/** Most bytes of a file that is empty by its size and has content all the same, as those of `/proc` have. It is read at once. */
const MOST_UNTOLD_BYTES = 64 * 1024 * 1024;

/** A file that is being uploaded: read at any place, and watched for changes. */
export class SourceFile {
  readonly path: string;
  readonly bytes: number;
  /** Device, inode, size and time of change: another value is another content. */
  readonly identity: string;
  private readonly handle: FileHandle;
  /** Content of a file whose size does not tell of it. */
  private readonly content: Buffer | undefined;

  private constructor(path: string, handle: FileHandle, stats: BigIntStats, content: Buffer | undefined) {
    this.path = path;
    this.handle = handle;
    this.content = content;
    this.bytes = content?.length ?? Number(stats.size);
    this.identity = content ? createHash("sha1").update(content).digest("hex") : identityOf(stats);
  }

  /** @param path - of a regular file @returns the open file @throws AvaError FILE_UNREADABLE */
  static async open(path: string): Promise<SourceFile> {
    let handle: FileHandle | undefined;
    try {
      handle = await openRegular(path);
      const stats = await handle.stat({ bigint: true });
      return new SourceFile(path, handle, stats, stats.size === 0n ? await readUntold(handle) : undefined);
    } catch (cause) {
      await handle?.close();
      throw new AvaError("FILE_UNREADABLE", `${path} cannot be read: ${(cause as Error).message}`, { cause });
    }
  }

  /**
   * Fills a buffer.
   *
   * @param buffer - as long as what is wanted
   * @param offset - first byte
   * @throws AvaError SOURCE_CHANGED when the file ends earlier than it did, FILE_UNREADABLE
   */
  async read(buffer: Uint8Array, offset: number): Promise<void> {
    this.content?.copy(buffer, 0, offset);
    for (let filled = this.content ? buffer.length : 0; filled < buffer.length; ) {
      const { bytesRead } = await this.handle.read(buffer, filled, buffer.length - filled, offset + filled).catch((cause: Error) => {
        throw new AvaError("FILE_UNREADABLE", `${this.path} cannot be read: ${cause.message}`, { cause });
      });
      if (bytesRead === 0) throw this.changed();
      filled += bytesRead;
    }
  }

  /** @throws AvaError SOURCE_CHANGED when the open file, or what its path leads to, is not what it was */
  async assertUnchanged(): Promise<void> {
    if (this.content) return;
    const now = await this.handle.stat({ bigint: true });
    const named = await stat(this.path, { bigint: true }).catch(() => undefined);
    if (identityOf(now) !== this.identity || !named || identityOf(named) !== this.identity) throw this.changed();
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  private changed(): AvaError {
    return new AvaError("SOURCE_CHANGED", `${this.path} changed while it was uploaded; upload it when nothing writes to it any more`);
  }
}

/**
 * Opens a file that must be a regular one: opening a pipe could wait for ever, opening a device do something.
 *
 * @param path - of a file
 * @returns it, open to be read
 * @throws Error, or the file system's
 */
export async function openRegular(path: string): Promise<FileHandle> {
  const refusal = () => new Error("it is not a regular file");
  if (!(await stat(path)).isFile()) throw refusal();
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw refusal();
}

/** @returns what a file that is empty by its size has all the same; `undefined` for nothing */
async function readUntold(handle: FileHandle): Promise<Buffer | undefined> {
  const pieces: Buffer[] = [];
  for (let bytes = 0; ; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, bytes);
    if (bytesRead === 0) return bytes === 0 ? undefined : Buffer.concat(pieces);
    pieces.push(buffer.subarray(0, bytesRead));
    bytes += bytesRead;
    if (bytes > MOST_UNTOLD_BYTES) throw new Error("its size is 0 although it has content: copy it to a file, and upload that");
  }
}

function identityOf({ dev, ino, size, mtimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${size}:${mtimeNs}`;
}
