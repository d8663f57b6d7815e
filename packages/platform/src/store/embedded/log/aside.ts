import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { crc32 } from "node:zlib";

/** Keeps copies of what cannot be used of a log, beside the segment that it was in. */
export class Aside {
  /** Copies that could not be made yet. */
  private waiting: { path: string; bytes: Uint8Array }[] = [];

  /**
   * Copies a stretch. The name is made of place and content, so that no copy replaces another one, and a stretch that is found again is not copied again.
   *
   * @param path - the segment
   * @param start - offset of the stretch
   * @param bytes - the stretch
   * @returns the copy; where there is no room for it, it is made before the next checkpoint
   */
  copy(path: string, start: number, bytes: Uint8Array): string {
    const copy = `${path}.damaged.${start}.${crc32(bytes).toString(16).padStart(8, "0")}`;
    this.waiting.push({ path: copy, bytes });
    try {
      this.finish();
    } catch {
      // Tried again before the segment is removed.
    }
    return copy;
  }

  /** Makes the copies that are not made yet. @throws the file system's error */
  finish(): void {
    for (let next = this.waiting[0]; next !== undefined; next = this.waiting[0]) {
      if (!existsSync(next.path)) writeWhole(next.path, next.bytes);
      this.waiting.shift();
    }
  }
}

function writeWhole(path: string, bytes: Uint8Array): void {
  const part = `${path}.part`;
  try {
    writeFileSync(part, bytes, { mode: 0o600 });
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}
