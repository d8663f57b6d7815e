/** Progress of one transfer. */
export interface TransferProgress {
  doneBytes: number;
  totalBytes: number;
}

/** What a storage has under a key. */
export interface StoredObject {
  key: string;
  bytes: number;
  /** Hash as the storage makes it: Kodo's etag, S3's ETag, SHA-256 for files. */
  hash: string;
  /** Address of the object for the model's record: `qiniu://...`, `s3://...`, `file://...`. */
  url: string;
}

/** Options of one transfer. */
export interface TransferOptions {
  signal?: AbortSignal;
  onProgress?: (progress: TransferProgress) => void;
}

/** Object storage: where snapshots, models and log files go. */
export interface Storage {
  /** Stores a file; resolves only when the stored hash equals the file's. */
  put(file: string, key: string, options?: TransferOptions): Promise<StoredObject>;
  /** Fetches an object into a file, which has its name only when it is whole and verified. */
  get(key: string, file: string, options?: TransferOptions): Promise<StoredObject>;
  /** @returns what is stored under the key, or `undefined` */
  stat(key: string): Promise<StoredObject | undefined>;
  /** @returns the objects whose keys start so, in order of key */
  list(prefix: string): AsyncIterable<StoredObject>;
  /** Deletes an object; one that is not there is no error. */
  delete(key: string): Promise<void>;
}
