import { dirname, resolve } from "node:path";
import { escapeKey } from "ava-kodo";
import { AvaError } from "../place/error.js";
import { makeFolder } from "../place/workspace/make-folder.js";
import type { Storage } from "./storage.js";
import { downloadFile } from "./transfer/download/download-file.js";
import { RangeSource } from "./transfer/download/range-source.js";
import { resolveTarget } from "./transfer/download/target.js";
import { TRANSFER_LIMITS } from "./transfer/fetch/limits.js";
import { signedNow } from "./transfer/fetch/signed-url.js";
import { HttpClient } from "./transfer/http/http-client.js";
import type { PutResult, StoredObject, TransferOptions } from "./transfer/stored-object.js";
import { TransferError } from "./transfer/transfer-error.js";
import { type KodoAccount, KodoClient, type KodoClientOptions } from "./transfer/upload/kodo-client.js";
import { deleteObject, listDomains, listObjects, statObject } from "./transfer/upload/objects.js";
import { ProgressMeter } from "./transfer/upload/progress-meter.js";
import { uploadFile } from "./transfer/upload/upload-file.js";

/** Retries in a row that bring not a single byte of a download. */
const MAX_RETRIES = 8;

/** A bucket of Kodo. */
export class KodoStorage implements Storage {
  readonly spec: string;
  private readonly bucket: string;
  private readonly uid: string | undefined;
  private readonly kodo: KodoClient;
  private readonly http = new HttpClient();
  private readonly policy: KodoClientOptions["policy"];

  /**
   * @param bucket - name
   * @param account - keys
   * @param options - endpoint, retries; the user's id for the addresses of objects
   */
  constructor(bucket: string, account: KodoAccount, options: KodoClientOptions & { uid?: string | undefined } = {}) {
    const { endpoint, uid, policy } = options;
    this.spec = `kodo:${bucket}${endpoint === undefined ? "" : `?endpoint=${endpoint}`}`;
    this.bucket = bucket;
    this.uid = uid;
    this.policy = policy;
    this.kodo = new KodoClient(account, options);
  }

  /** As of {@link Storage.put}. */
  async put(file: string, key: string, options: TransferOptions = {}): Promise<PutResult> {
    const stored = await uploadFile(this.kodo, file, this.bucket, key, options);
    return this.uid === undefined ? stored : { ...stored, url: stored.url.replace("qiniu://", `qiniu://${this.uid}@`) };
  }

  /** As of {@link Storage.get}; goes on where an earlier try to the same path ended. */
  async get(key: string, file: string, { signal, onProgress }: TransferOptions = {}): Promise<StoredObject> {
    makeFolder(dirname(resolve(file)));
    const target = await resolveTarget(file);
    const stored = await statObject(this.kodo, this.bucket, key, signal);
    if (!stored) throw new AvaError("OBJECT_MISSING", `there is no object '${key}' in bucket ${this.bucket}`);
    const [domain] = await listDomains(this.kodo, this.bucket, signal);
    if (domain === undefined)
      throw new TransferError("DOMAIN_UNKNOWN", `bucket '${this.bucket}' has no domain to download from; bind one to it`);
    const build = () => ({ url: signedNow(`http://${domain}/${escapeKey(key)}`, this.kodo.account, true) });
    const meter = new ProgressMeter(stored.bytes, onProgress);
    let seenBytes = 0;
    const { bytes } = await downloadFile({
      source: new RangeSource(this.http, TRANSFER_LIMITS, build),
      target,
      maxRetries: MAX_RETRIES,
      ...(this.policy ? { policy: this.policy } : {}),
      signal,
      onProgress: (now) => {
        meter.add(now - seenBytes);
        seenBytes = now;
      },
    });
    if (bytes !== stored.bytes) throw new TransferError("SOURCE_CHANGED", `'${key}' was replaced while it was fetched`);
    return stored;
  }

  /** As of {@link Storage.stat}. */
  stat(key: string): Promise<StoredObject | undefined> {
    return statObject(this.kodo, this.bucket, key);
  }

  /** As of {@link Storage.list}. */
  list(prefix: string): AsyncIterable<StoredObject> {
    return listObjects(this.kodo, this.bucket, prefix);
  }

  /** As of {@link Storage.delete}. */
  delete(key: string): Promise<boolean> {
    return deleteObject(this.kodo, this.bucket, key);
  }

  /** As of {@link Storage.close}. */
  close(): void {
    this.kodo.close();
    this.http.close();
  }
}
