import { basename, join } from "node:path";
import { escapeAddressKey } from "ava-protocol";
import { AvaError } from "../../../place/error.js";
import { findWorkspace } from "../../../place/workspace/find-workspace.js";
import type { PutResult, TransferOptions } from "../stored-object.js";
import type { KodoClient } from "./kodo-client.js";
import { choosePartBytes, SMALLEST_PART_BYTES } from "./part-reader.js";
import { ProgressMeter } from "./progress-meter.js";
import { ResumeRecord } from "./resume-record.js";
import { SourceFile } from "./source-file.js";
import { UploadCredential } from "./upload-credential.js";
import { uploadForm } from "./upload-form.js";
import { uploadParts } from "./upload-parts.js";

/** Kodo's limit. */
const MAX_KEY_BYTES = 750;

/** Two parts wait for the network while two are hashed: more only takes memory. */
const WORKERS = 4;

/** How a file is uploaded. */
export interface UploadOptions extends TransferOptions {
  /** Wished size of a part, rounded up to whole blocks of 4 MiB; larger where a file has more than 10,000. @defaultValue 4 MiB */
  partBytes?: number;
  /** Parts that are on their way at the same time; memory is about two parts each. @defaultValue 4 */
  workers?: number;
  /** Folder of what a later process needs to go on with an upload. @defaultValue `tmp/uploads` of the workspace */
  recordFolder?: string;
}

/**
 * Uploads a file to Kodo over what has its key: up to 4 MiB in one request, otherwise in parts.
 *
 * @param kodo - the services
 * @param path - of the file
 * @param bucket - where to
 * @param key - name of the object
 * @param options - signal, progress, parts
 * @returns facts of the object, whose hash was compared
 * @throws AvaError KEY_INVALID, FILE_UNREADABLE, SOURCE_CHANGED, HASH_MISMATCH, ABORTED, HTTP_STATUS, and those of the network
 */
export async function uploadFile(
  kodo: KodoClient,
  path: string,
  bucket: string,
  key: string,
  options: UploadOptions = {},
): Promise<PutResult> {
  if (key === "" || Buffer.byteLength(key) > MAX_KEY_BYTES)
    throw new AvaError("KEY_INVALID", `a key has 1 to ${MAX_KEY_BYTES} bytes: '${key}'`);
  const { signal, onProgress, workers = WORKERS } = options;
  const source = await SourceFile.open(path);
  try {
    const region = await kodo.regionOf(bucket, signal);
    const credential = new UploadCredential(kodo.account, bucket, key);
    const target = { bucket, key, fileName: basename(path), hosts: region.up, credential };
    const meter = new ProgressMeter(source.bytes, onProgress);
    const url = `qiniu://${region.id}/${bucket}/${escapeAddressKey(key)}`;
    if (source.bytes <= SMALLEST_PART_BYTES) {
      return { key, bytes: source.bytes, hash: await uploadForm(kodo, source, target, meter, signal), url };
    }
    const partBytes = choosePartBytes(source.bytes, options.partBytes);
    const folder = options.recordFolder ?? join(findWorkspace(), "tmp", "uploads");
    const record = new ResumeRecord(folder, [kodo.account.accessKey, region.id, bucket, key, source.identity, partBytes]);
    record.prune();
    const hash = await uploadParts({ kodo, source, target, partBytes, workers, record, meter, signal });
    return { key, bytes: source.bytes, hash, url };
  } finally {
    await source.close();
  }
}
