import { createHash } from "node:crypto";
import { composedEtag, qetag, urlsafeBase64 } from "ava-kodo";
import { TransferError } from "../transfer-error.js";
import type { KodoAnswer, KodoCall, KodoClient } from "./kodo-client.js";
import { statObject } from "./objects.js";
import { forEachPart, partCount, partSize } from "./part-reader.js";
import type { ProgressMeter } from "./progress-meter.js";
import type { ResumeRecord, ResumeState } from "./resume-record.js";
import type { SourceFile } from "./source-file.js";
import { checkStored, type UploadTarget } from "./stored-answer.js";

/** An upload in parts. */
export interface PartsUpload {
  kodo: KodoClient;
  source: SourceFile;
  target: UploadTarget;
  partBytes: number;
  /** Parts that are on their way at the same time. */
  workers: number;
  record: ResumeRecord;
  meter: ProgressMeter;
  signal?: AbortSignal | undefined;
}

/** An upload is begun anew this often: its id is forgotten, or what was stored is not what was sent. */
const MAX_RESTARTS = 2;

/**
 * Uploads a file in parts (resumable upload v2), going on where an earlier try ended.
 *
 * @param upload - what, where to, how
 * @returns the hash, which Kodo's answer agreed with
 * @throws AvaError SOURCE_CHANGED, HASH_MISMATCH, ABORTED, HTTP_STATUS, and those of the network; the record is kept where a later try can go on
 */
export async function uploadParts(upload: PartsUpload): Promise<string> {
  for (let restarts = 0; ; restarts += 1) {
    const state = upload.record.load() ?? (await begin(upload));
    try {
      return await run(upload, state);
    } catch (error) {
      await upload.record.settled();
      const isForgotten = error instanceof TransferError && (error.status === 612 || error.status === 701);
      const isWrong = error instanceof TransferError && error.code === "HASH_MISMATCH";
      if (error instanceof Error && "code" in error && error.code === "SOURCE_CHANGED") await abort(upload, state);
      else if (isForgotten || isWrong) await upload.record.drop(state.uploadId);
      if (!(isForgotten || isWrong) || restarts === MAX_RESTARTS) throw error;
      upload.meter.restart();
    }
  }
}

async function run(upload: PartsUpload, state: ResumeState): Promise<string> {
  const { source, partBytes, workers, meter, signal, target } = upload;
  const numbers = Array.from({ length: partCount(source.bytes, partBytes) }, (_, index) => index + 1);
  const sizeOf = (number: number) => partSize(source.bytes, partBytes, number);
  for (const number of numbers) if (state.etags[number] !== undefined) meter.skip(sizeOf(number));
  await forEachPart(
    source,
    partBytes,
    (number) => state.etags[number] !== undefined,
    async ({ number, bytes }, partSignal) => {
      state.etags[number] = await putPart(upload, state.uploadId, number, bytes, partSignal);
      upload.record.save(state);
    },
    { workers, signal },
  );
  if (signal?.aborted) throw new TransferError("ABORTED", `the upload of ${source.path} was stopped`);
  await source.assertUnchanged();
  const etagOf = (number: number) => state.etags[number] ?? "";
  const hash = composedEtag(numbers.map((number) => ({ etag: etagOf(number), size: sizeOf(number) })));
  const parts = numbers.map((partNumber) => ({ partNumber, etag: etagOf(partNumber) }));
  await complete(upload, state.uploadId, JSON.stringify({ parts, fname: target.fileName }), hash);
  await upload.record.drop(state.uploadId);
  return hash;
}

async function begin(upload: PartsUpload): Promise<ResumeState> {
  const answer = await call(upload, { method: "POST", path: "", headers: { "content-type": "application/json" } });
  const { uploadId, expireAt } = answer;
  if (typeof uploadId !== "string" || typeof expireAt !== "number") {
    throw new TransferError("HTTP_STATUS", "Kodo answered the beginning of an upload without an upload id");
  }
  const state = { uploadId, expireAt, etags: {} };
  upload.record.save(state);
  return state;
}

async function putPart(upload: PartsUpload, id: string, number: number, bytes: Uint8Array, signal: AbortSignal): Promise<string> {
  const etag = await qetag(bytes);
  const headers = { "content-type": "application/octet-stream", "content-md5": createHash("md5").update(bytes).digest("hex") };
  let sentBytes = 0;
  const onSent = (count: number) => {
    sentBytes += count;
    upload.meter.add(count);
  };
  const body = () => {
    onSent(-sentBytes);
    return bytes;
  };
  await call(upload, { method: "PUT", path: `/${id}/${number}`, headers, body, onSent, signal }, (answer) => {
    if (answer["etag"] !== etag)
      throw new TransferError("HASH_MISMATCH", `part ${number} arrived as ${String(answer["etag"])}, not ${etag}`);
  });
  return etag;
}

/** An answer can be lost although the object was made; then the upload id is gone, and the object tells whether all is well. */
async function complete(upload: PartsUpload, id: string, body: string, hash: string): Promise<void> {
  const { kodo, target, signal } = upload;
  const headers = { "content-type": "application/json" };
  try {
    await call(upload, { method: "POST", path: `/${id}`, headers, body: () => body }, (answer) => checkStored(answer, target, hash));
  } catch (error) {
    if (!(error instanceof TransferError && error.status === 612)) throw error;
    const stored = await statObject(kodo, target.bucket, target.key, signal);
    if (stored?.hash !== hash) throw error;
  }
}

/** Frees what the server holds of an upload that can't be finished; it would forget it by itself after 7 days. */
async function abort(upload: PartsUpload, state: ResumeState): Promise<void> {
  await upload.record.drop(state.uploadId);
  try {
    await call(upload, { method: "DELETE", path: `/${state.uploadId}` });
  } catch {
    // The caller is told of the failure that led here.
  }
}

function call(
  { kodo, target, signal }: PartsUpload,
  request: Omit<KodoCall, "authorize" | "renew">,
  check?: (answer: KodoAnswer) => void,
): Promise<KodoAnswer> {
  const { bucket, key, credential, hosts } = target;
  const base = `/buckets/${encodeURIComponent(bucket)}/objects/${urlsafeBase64(key)}/uploads`;
  const authorize = () => ({ authorization: `UpToken ${credential.current()}` });
  const renew = () => credential.renew();
  return kodo.call(hosts, { signal, ...request, path: base + request.path, authorize, renew }, check);
}
