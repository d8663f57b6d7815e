import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type * as S3 from "@aws-sdk/client-s3";
import { AvaError } from "../place/error.js";
import { makeFolder } from "../place/workspace/make-folder.js";
import { asAvaError, isMissing, type OpenedS3, type S3Package } from "./s3/s3-client.js";
import { contradicts, md5, PartDigests } from "./s3-etag.js";
import type { Storage } from "./storage.js";
import { resolveFile } from "./transfer/download/target.js";
import type { PutResult, StoredObject, TransferOptions } from "./transfer/stored-object.js";
import { TransferError } from "./transfer/transfer-error.js";
import { choosePartBytes, forEachPart } from "./transfer/upload/part-reader.js";
import { ProgressMeter } from "./transfer/upload/progress-meter.js";
import { SourceFile } from "./transfer/upload/source-file.js";

/** S3 wants 5 MiB at least. */
const PART_BYTES = 8 * 1024 * 1024;
const WORKERS = 4;

/** A bucket of a store that speaks S3, and a prefix in it. */
export class S3Storage implements Storage {
  readonly spec: string;
  private readonly s3: S3Package;
  private readonly client: S3.S3Client;
  private readonly bucket: string;
  private readonly prefix: string;

  /** @param opened - a client with its place */
  constructor({ s3, client, bucket, prefix, spec }: OpenedS3) {
    this.s3 = s3;
    this.client = client;
    this.bucket = bucket;
    this.prefix = prefix;
    this.spec = spec;
  }

  /** As of {@link Storage.put}. Every part carries its MD5, which the store checks; its etags are compared where they are made of MD5s. */
  async put(file: string, key: string, { signal, onProgress }: TransferOptions = {}): Promise<PutResult> {
    const source = await SourceFile.open(file);
    try {
      const meter = new ProgressMeter(source.bytes, onProgress);
      if (source.bytes <= PART_BYTES) await this.putAtOnce(source, key, meter, signal);
      else await this.putParts(source, key, meter, signal);
      const stored = await this.stat(key);
      if (stored?.bytes !== source.bytes) throw mismatch(key);
      return { ...stored, url: `s3://${this.bucket}/${this.prefix}${key}` };
    } catch (error) {
      throw asAvaError(error, signal);
    } finally {
      await source.close();
    }
  }

  /** As of {@link Storage.get}; an object of parts is compared where its parts are of the size that `put` makes. */
  async get(key: string, file: string, { signal, onProgress }: TransferOptions = {}): Promise<StoredObject> {
    makeFolder(dirname(resolve(file)));
    const target = await resolveFile(file);
    const partial = `${target}.${process.pid}-${process.hrtime.bigint()}.part`;
    try {
      const answer = await this.client.send(new this.s3.GetObjectCommand(this.named(key)), signal ? { abortSignal: signal } : {});
      const bytes = answer.ContentLength ?? 0;
      const isMultipart = /-\d+"?$/.test(answer.ETag ?? "");
      const parts = new PartDigests(isMultipart ? choosePartBytes(bytes, PART_BYTES) : Number.POSITIVE_INFINITY);
      const meter = new ProgressMeter(bytes, onProgress);
      const watch = async function* (body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
        for await (const piece of body) {
          parts.update(piece);
          meter.add(piece.length);
          yield piece;
        }
      };
      await pipeline(answer.Body as Readable, watch, createWriteStream(partial, { flush: true }), signal ? { signal } : {});
      if (parts.bytes !== bytes || contradicts(answer.ETag, parts.finish(), isMultipart)) throw mismatch(key);
      await rename(partial, target);
      return { key, bytes, hash: hashOf(answer.ETag) };
    } catch (error) {
      if (isMissing(error)) throw new AvaError("OBJECT_MISSING", `there is no object '${key}' in ${this.spec}`);
      throw asAvaError(error, signal);
    } finally {
      await rm(partial, { force: true });
    }
  }

  /** As of {@link Storage.stat}. */
  async stat(key: string): Promise<StoredObject | undefined> {
    try {
      const { ContentLength = 0, ETag } = await this.client.send(new this.s3.HeadObjectCommand(this.named(key)));
      return { key, bytes: ContentLength, hash: hashOf(ETag) };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw asAvaError(error);
    }
  }

  /** As of {@link Storage.list}. */
  async *list(prefix: string): AsyncGenerator<StoredObject, void, undefined> {
    for (let token: string | undefined; ; ) {
      const request = { Bucket: this.bucket, Prefix: this.prefix + prefix, ...(token === undefined ? {} : { ContinuationToken: token }) };
      const page = await this.client.send(new this.s3.ListObjectsV2Command(request)).catch((error: unknown) => {
        throw asAvaError(error);
      });
      for (const { Key = "", Size = 0, ETag } of page.Contents ?? []) {
        yield { key: Key.slice(this.prefix.length), bytes: Size, hash: hashOf(ETag) };
      }
      token = page.NextContinuationToken;
      if (!page.IsTruncated || token === undefined) return;
    }
  }

  /** As of {@link Storage.delete}. */
  async delete(key: string): Promise<boolean> {
    if (!(await this.stat(key))) return false;
    await this.client.send(new this.s3.DeleteObjectCommand(this.named(key))).catch((error: unknown) => {
      throw asAvaError(error);
    });
    return true;
  }

  /** As of {@link Storage.close}. */
  close(): void {
    this.client.destroy();
  }

  private named(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.bucket, Key: this.prefix + key };
  }

  private async putAtOnce(source: SourceFile, key: string, meter: ProgressMeter, signal: AbortSignal | undefined): Promise<void> {
    const body = Buffer.allocUnsafeSlow(source.bytes);
    await source.read(body, 0);
    await source.assertUnchanged();
    const digest = md5(body);
    const request = { ...this.named(key), Body: body, ContentLength: body.length, ContentMD5: digest.toString("base64") };
    const { ETag } = await this.client.send(new this.s3.PutObjectCommand(request), signal ? { abortSignal: signal } : {});
    if (contradicts(ETag, [digest], false)) throw mismatch(key);
    meter.add(body.length);
  }

  private async putParts(source: SourceFile, key: string, meter: ProgressMeter, signal: AbortSignal | undefined): Promise<void> {
    const named = this.named(key);
    const { UploadId } = await this.client.send(new this.s3.CreateMultipartUploadCommand(named), signal ? { abortSignal: signal } : {});
    const upload = { ...named, UploadId };
    try {
      const parts: { PartNumber: number; ETag: string | undefined; digest: Buffer }[] = [];
      const putPart = async (part: { number: number; bytes: Uint8Array }, abortSignal: AbortSignal) => {
        const digest = md5(part.bytes);
        const request = { ...upload, PartNumber: part.number, Body: part.bytes, ContentLength: part.bytes.length };
        const command = new this.s3.UploadPartCommand({ ...request, ContentMD5: digest.toString("base64") });
        const { ETag } = await this.client.send(command, { abortSignal });
        if (contradicts(ETag, [digest], false)) throw mismatch(key);
        parts[part.number - 1] = { PartNumber: part.number, ETag, digest };
        meter.add(part.bytes.length);
      };
      await forEachPart(source, choosePartBytes(source.bytes, PART_BYTES), () => false, putPart, { workers: WORKERS, signal });
      signal?.throwIfAborted();
      await source.assertUnchanged();
      const Parts = parts.map(({ PartNumber, ETag }) => ({ PartNumber, ETag }));
      const { ETag } = await this.client.send(new this.s3.CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
      const digests = parts.map(({ digest }) => digest);
      if (contradicts(ETag, digests, true)) throw mismatch(key);
    } catch (error) {
      // What stays of an upload costs money; the failure that led here is what the caller is told.
      await this.client.send(new this.s3.AbortMultipartUploadCommand(upload)).catch(() => undefined);
      throw error;
    }
  }
}

function hashOf(etag: string | undefined): string {
  return (etag ?? "").replaceAll('"', "");
}

function mismatch(key: string): TransferError {
  return new TransferError("HASH_MISMATCH", `'${key}' is not in the store as it was sent`);
}
