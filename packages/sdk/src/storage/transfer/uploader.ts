import { AvaError } from "../../place/error.js";
import { KodoClient, type KodoClientOptions } from "./upload/kodo-client.js";
import { type UploadOptions, uploadFile } from "./upload/upload-file.js";

/**
 * Uploads files to Kodo.
 *
 * @example
 * ```ts
 * import { Uploader } from "ava-sdk";
 * const uploader = new Uploader("access key", "secret key", "my-bucket");
 * await uploader.uploadFile("model.tar.gz", "models/model.tar.gz");
 * ```
 */
export class Uploader {
  private readonly kodo: KodoClient;
  private bucket: string | undefined;

  /**
   * @param ak - access key
   * @param sk - secret key
   * @param bucket - default bucket
   * @param options - another endpoint than the public cloud's, retries, time-outs
   * @throws AvaError CREDENTIALS_MISSING
   */
  constructor(ak: string, sk: string, bucket?: string, options?: KodoClientOptions) {
    if (!ak || !sk) throw new AvaError("CREDENTIALS_MISSING", "an upload to Kodo needs an access key and a secret key");
    this.kodo = new KodoClient({ accessKey: ak, secretKey: sk }, options);
    this.bucket = bucket;
  }

  /** @param bucket - default bucket from now on */
  setBucket(bucket: string): void {
    this.bucket = bucket;
  }

  /**
   * Uploads a file over the object that has this key. A large one goes in parts; where it breaks off, the next call, also of another
   * process, goes on with the parts that are missing.
   *
   * @param filepath - path of a file that is no longer written
   * @param key - key of the object
   * @param bucket - default: that of the constructor or of `setBucket`
   * @param options - signal, progress, parts
   * @returns when the object is stored and its hash was compared with that of the file
   * @throws AvaError BUCKET_REQUIRED, KEY_INVALID, FILE_UNREADABLE, SOURCE_CHANGED, HASH_MISMATCH, ABORTED, HTTP_STATUS (with `status`), and those of
   * the network
   */
  async uploadFile(filepath: string, key: string, bucket?: string, options?: UploadOptions): Promise<undefined> {
    const name = bucket ?? this.bucket;
    if (!name)
      throw new AvaError(
        "BUCKET_REQUIRED",
        "name a bucket: new Uploader(ak, sk, bucket), setBucket(bucket) or uploadFile(file, key, bucket)",
      );
    await uploadFile(this.kodo, filepath, name, key, options);
    return undefined;
  }

  /** Closes connections; uploads in flight fail. */
  close(): void {
    this.kodo.close();
  }

  /** As {@link close}, for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }
}
