import { TransferError } from "../transfer-error.js";
import type { HostList } from "./host-list.js";
import type { KodoAnswer } from "./kodo-client.js";
import type { UploadCredential } from "./upload-credential.js";

/** Where an upload goes to. */
export interface UploadTarget {
  bucket: string;
  key: string;
  /** Told to the server as the file's name. */
  fileName: string;
  hosts: HostList;
  credential: UploadCredential;
}

/**
 * @param answer - to the request that made the object
 * @param target - what was asked for
 * @param hash - of the bytes that were sent
 * @throws TransferError HASH_MISMATCH when key or hash are others
 */
export function checkStored(answer: KodoAnswer, { bucket, key }: UploadTarget, hash: string): void {
  if (answer["key"] === key && answer["hash"] === hash) return;
  throw new TransferError(
    "HASH_MISMATCH",
    `${bucket}:${key} was stored as key '${String(answer["key"])}' with hash ${String(answer["hash"])}, not with ${hash}`,
  );
}
