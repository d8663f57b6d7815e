/** How far a transfer is. */
export interface TransferProgress {
  /** Bytes that were transferred, those of an earlier try that need not be repeated among them; never falls. */
  bytes: number;
  totalBytes: number;
  /** Average since the transfer began, without what an earlier try did. */
  bytesPerSecond: number;
}

/** What a transfer takes besides its objects. */
export interface TransferOptions {
  /** Ends the transfer; what was done may be taken up by the next one. */
  signal?: AbortSignal;
  /** Called as bytes move, at most about ten times a second, and at the end. */
  onProgress?: (progress: TransferProgress) => void;
}

/** An object of a storage. */
export interface StoredObject {
  key: string;
  bytes: number;
  /** The storage's own hash: Kodo's etag, S3's etag, SHA-256 in a folder. */
  hash: string;
}

/** An object that was stored and verified. */
export interface PutResult extends StoredObject {
  /** Where it is, for people and for registers: `qiniu://z0/bucket/key`, `s3://bucket/key`, `file:///path`. */
  url: string;
}
