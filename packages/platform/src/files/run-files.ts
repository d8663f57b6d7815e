import type { Readable } from "node:stream";

/** A file or folder of a run. */
export interface StoredFile {
  /** Last part of its path. */
  name: string;
  isFolder: boolean;
  bytes: number;
}

/** Files of runs. Paths are checked before they come here. */
export interface RunFiles {
  /**
   * Keeps a file, in place of one of the same path: whole or not at all.
   *
   * @param instance - id
   * @param path - below the run
   * @param bytes - content
   * @returns its size
   * @throws PlatformError `store_full`, `store_failed`; `bad_request` where no file can be, or it does not arrive whole; otherwise the error of the source
   */
  put(instance: string, path: string, bytes: AsyncIterable<Uint8Array>): Promise<{ bytes: number }>;

  /** @param instance - id @param path - of a folder below the run @returns what it holds, by name; nothing for what is not a folder */
  list(instance: string, path: string): Promise<StoredFile[]>;

  /** @param instance - id @param most - files to give @returns paths and sizes of its files */
  all(instance: string, most: number): Promise<{ path: string; bytes: number }[]>;

  /** @param instance - id @param path - of a file @returns its size; `undefined` when there is no such file */
  size(instance: string, path: string): Promise<number | undefined>;

  /** @param range - first and last byte; absent for all @returns the bytes of a file that is there @throws PlatformError `not_found` where it is gone, `store_failed` */
  read(instance: string, path: string, range: { start: number; end: number } | undefined): Promise<Readable>;

  /** Takes a file, a folder, or with an empty path all files of a run away. */
  remove(instance: string, path: string): Promise<void>;

  /** Removes what was begun and is written no more: its platform was killed. @param instance - id @param beforeMs - of the last write, in ms since 1970 */
  removeParts(instance: string, beforeMs: number): Promise<void>;

  /** @returns instances that have files */
  instances(): Promise<string[]>;
}
