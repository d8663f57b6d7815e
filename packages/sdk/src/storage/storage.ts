import type { PutResult, StoredObject, TransferOptions } from "./transfer/stored-object.js";

/** A place for files. All methods reject with an AvaError that has a code. */
export interface Storage {
  /** The spec it was made from, without secrets. */
  readonly spec: string;

  /**
   * Stores a file in place of the object that has this key; resolves only when the stored hash was compared with that of the file.
   *
   * @param file - path of a file that is no longer written
   * @param key - key of the object
   * @param options - signal, progress
   * @returns facts of the object
   * @throws AvaError FILE_UNREADABLE, SOURCE_CHANGED, HASH_MISMATCH, ABORTED, and those of the network
   */
  put(file: string, key: string, options?: TransferOptions): Promise<PutResult>;

  /**
   * Stores a file that is made in the place where it stays: no second copy. Only of storages that can.
   *
   * @param key - key of the object
   * @param make - writes the file to the path it is given
   * @returns facts of the object
   * @throws what `make` throws; then nothing is stored
   */
  putMade?(key: string, make: (path: string) => Promise<void>): Promise<PutResult>;

  /**
   * Fetches an object; the file appears whole or not at all.
   *
   * @param key - key of the object
   * @param file - path to write, replaced where it exists
   * @param options - signal, progress
   * @returns facts of the object
   * @throws AvaError OBJECT_MISSING, HASH_MISMATCH, FILE_UNWRITABLE, ABORTED, and those of the network
   */
  get(key: string, file: string, options?: TransferOptions): Promise<StoredObject>;

  /** @param key - key of an object @returns its facts; `undefined` where there is none */
  stat(key: string): Promise<StoredObject | undefined>;

  /** @param prefix - beginning of keys; empty: all @returns the objects in the order of their keys */
  list(prefix: string): AsyncIterable<StoredObject>;

  /** @param key - key of an object @returns whether there was one */
  delete(key: string): Promise<boolean>;

  /** Closes connections; transfers in flight fail. */
  close(): void;
}
