import type { BigIntStats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { AvaError } from "../../error.js";

/** A file that is being uploaded: read at any place, and watched for changes. */
export class SourceFile {
  readonly path: string;
  readonly bytes: number;
  /** Device, inode, size and time of change: another value is another content. */
  readonly identity: string;
  private readonly handle: FileHandle;

  private constructor(path: string, handle: FileHandle, stats: BigIntStats) {
    this.path = path;
    this.handle = handle;
    this.bytes = Number(stats.size);
    this.identity = identityOf(stats);
  }

  /** @param path - of a regular file @returns the open file @throws AvaError FILE_UNREADABLE */
  static async open(path: string): Promise<SourceFile> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(path);
      const stats = await handle.stat({ bigint: true });
      if (!stats.isFile()) throw new Error("it is not a regular file");
      return new SourceFile(path, handle, stats);
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
    for (let filled = 0; filled < buffer.length; ) {
      const { bytesRead } = await this.handle.read(buffer, filled, buffer.length - filled, offset + filled).catch((cause: Error) => {
        throw new AvaError("FILE_UNREADABLE", `${this.path} cannot be read: ${cause.message}`, { cause });
      });
      if (bytesRead === 0) throw this.changed();
      filled += bytesRead;
    }
  }

  /** @throws AvaError SOURCE_CHANGED when the open file, or what its path leads to, is not what it was */
  async assertUnchanged(): Promise<void> {
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

function identityOf({ dev, ino, size, mtimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${size}:${mtimeNs}`;
}
