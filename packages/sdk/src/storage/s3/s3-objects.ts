import type { Readable } from "node:stream";
import { AvaError } from "../../place/error.js";
import { contradicts, md5 } from "../s3-etag.js";
import { readPlace } from "../storage-place.js";
import { TransferError } from "../transfer/transfer-error.js";
import { asAvaError, isMissing, type OpenedS3, openS3Client } from "./s3-client.js";
import type { S3Settings } from "./s3-settings.js";

/** S3 wants 5 MiB at least; 10,000 parts of this size are 80 GB. */
const PART_BYTES = 8 * 1024 * 1024;

/** Where, with which keys, and how patiently. */
export interface S3ObjectsOptions extends S3Settings {
  /** `s3://bucket/prefix?endpoint=http://host:port&region=...&style=path`. */
  spec: string;
}

/** An object of a list, or what keys have in common up to the next slash. */
export interface ListedObject {
  /** Without the prefix of the spec. */
  key: string;
  bytes: number;
  /** A beginning of keys, with its slash. */
  isFolder: boolean;
}

/** Objects in memory or as streams, with ranges. All methods reject with an AvaError. */
export class S3Objects {
  /** Without secrets. */
  readonly spec: string;
  private readonly opened: OpenedS3;

  private constructor(opened: OpenedS3) {
    this.opened = opened;
    this.spec = opened.spec;
  }

  /**
   * @param options - where, keys, patience
   * @returns objects of a bucket of a store that speaks S3; nothing is asked of it yet
   * @throws AvaError STORAGE_INVALID, STORAGE_PEER_MISSING
   */
  static async open({ spec, ...settings }: S3ObjectsOptions): Promise<S3Objects> {
    const [, text] = /^s3:(.+)$/s.exec(spec) ?? [];
    const place = text === undefined ? undefined : readPlace(text);
    if (!place?.bucket) throw new AvaError("STORAGE_INVALID", "write it as s3://BUCKET/prefix?endpoint=https://host");
    return new S3Objects(await openS3Client(place, settings));
  }

  /** Asks whether the bucket is there and open to these keys. @throws AvaError HTTP_STATUS and those of the network */
  async check(): Promise<void> {
    const { s3, client, bucket } = this.opened;
    await this.told(client.send(new s3.HeadBucketCommand({ Bucket: bucket })));
  }

  /**
   * Stores an object, whole or not at all; the store compares its MD5.
   *
   * @param key - of the object
   * @param bytes - content
   * @param options - `isNew`: one that is there stays
   * @returns whether it was stored
   * @throws AvaError HASH_MISMATCH, HTTP_STATUS and those of the network
   */
  async put(key: string, bytes: Uint8Array, { isNew = false }: { isNew?: boolean } = {}): Promise<boolean> {
    const { s3, client } = this.opened;
    const digest = md5(bytes);
    const request = { ...this.named(key), Body: bytes, ContentLength: bytes.length, ContentMD5: digest.toString("base64") };
    try {
      const { ETag } = await client.send(new s3.PutObjectCommand({ ...request, ...(isNew ? { IfNoneMatch: "*" } : {}) }));
      if (contradicts(ETag, [digest], false)) throw new TransferError("HASH_MISMATCH", `'${key}' is not in the store as it was sent`);
      return true;
    } catch (error) {
      if (isNew && statusOf(error) === 412) return false;
      throw asAvaError(error);
    }
  }

  /**
   * Stores what comes as an object, whole or not at all.
   *
   * @param key - of the object, which is replaced
   * @param content - of any length
   * @returns its size in bytes
   * @throws what `content` throws; AvaError as of {@link S3Objects.put}
   */
  async putStream(key: string, content: AsyncIterable<Uint8Array>): Promise<number> {
    const parts = inParts(content);
    const { value: first = new Uint8Array(0), done } = await parts.next();
    if (done === true || first.length < PART_BYTES) {
      await this.put(key, first);
      return first.length;
    }
    const { s3, client } = this.opened;
    const { UploadId } = await this.told(client.send(new s3.CreateMultipartUploadCommand(this.named(key))));
    const upload = { ...this.named(key), UploadId };
    try {
      const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
      let bytes = 0;
      for (let part: Uint8Array | undefined = first; part !== undefined; part = (await parts.next()).value) {
        const PartNumber = Parts.length + 1;
        const request = { ...upload, PartNumber, Body: part, ContentLength: part.length, ContentMD5: md5(part).toString("base64") };
        const { ETag } = await this.told(client.send(new s3.UploadPartCommand(request)));
        Parts.push({ PartNumber, ETag });
        bytes += part.length;
      }
      await this.told(client.send(new s3.CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } })));
      return bytes;
    } catch (error) {
      // What stays of an upload costs money; the failure that led here is what the caller is told.
      await client.send(new s3.AbortMultipartUploadCommand(upload)).catch(() => undefined);
      throw error;
    }
  }

  /**
   * @param key - of an object
   * @param range - first and last byte; absent: all
   * @returns what is read as it comes, nothing where the object ends before the range; `undefined` where there is no such object. Read it to its end or leave the loop
   * @throws AvaError HTTP_STATUS and those of the network, also on the way
   */
  async get(key: string, range?: { start: number; end: number }): Promise<AsyncIterable<Uint8Array> | undefined> {
    const { s3, client } = this.opened;
    const request = { ...this.named(key), ...(range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` }) };
    try {
      const { Body, ContentLength } = await client.send(new s3.GetObjectCommand(request));
      return whole(Body as Readable, ContentLength, key);
    } catch (error) {
      if (isMissing(error)) return undefined;
      if (statusOf(error) === 416) return nothing();
      throw asAvaError(error);
    }
  }

  /** @param key - of an object @returns its size in bytes; `undefined` where there is none */
  async size(key: string): Promise<number | undefined> {
    const { s3, client } = this.opened;
    try {
      return (await client.send(new s3.HeadObjectCommand(this.named(key)))).ContentLength ?? 0;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw asAvaError(error);
    }
  }

  /**
   * @param prefix - beginning of keys; empty: all
   * @param options - `isFlat`: what lies behind the next slash is one entry
   * @returns objects in the order of their keys, page by page
   */
  async *list(prefix: string, { isFlat = false }: { isFlat?: boolean } = {}): AsyncGenerator<ListedObject, void, undefined> {
    const { s3, client, bucket, prefix: root } = this.opened;
    const asked = { Bucket: bucket, Prefix: root + prefix, ...(isFlat ? { Delimiter: "/" } : {}) };
    for (let token: string | undefined; ; ) {
      const page = await this.told(
        client.send(new s3.ListObjectsV2Command({ ...asked, ...(token === undefined ? {} : { ContinuationToken: token }) })),
      );
      for (const { Key = "", Size = 0 } of page.Contents ?? []) yield { key: Key.slice(root.length), bytes: Size, isFolder: false };
      for (const { Prefix = "" } of page.CommonPrefixes ?? []) yield { key: Prefix.slice(root.length), bytes: 0, isFolder: true };
      token = page.NextContinuationToken;
      if (page.IsTruncated !== true || token === undefined) return;
    }
  }

  /** Deletes an object, if it is there. */
  async delete(key: string): Promise<void> {
    const { s3, client } = this.opened;
    await this.told(client.send(new s3.DeleteObjectCommand(this.named(key))));
  }

  /** Closes connections; requests in flight fail. */
  close(): void {
    this.opened.client.destroy();
  }

  private named(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.opened.bucket, Key: this.opened.prefix + key };
  }

  private async told<Answer>(answer: Promise<Answer>): Promise<Answer> {
    try {
      return await answer;
    } catch (error) {
      throw asAvaError(error);
    }
  }
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

async function* nothing(): AsyncGenerator<Uint8Array, void, undefined> {}

/** @returns the content in parts of one size, the last of which may be shorter; none where there is nothing */
async function* inParts(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, undefined, undefined> {
  let pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of content) {
    for (let at = 0; at < piece.length; ) {
      const taken = piece.subarray(at, at + PART_BYTES - bytes);
      pieces.push(taken);
      bytes += taken.length;
      at += taken.length;
      if (bytes < PART_BYTES) continue;
      yield Buffer.concat(pieces);
      pieces = [];
      bytes = 0;
    }
  }
  if (bytes > 0) yield Buffer.concat(pieces);
  return undefined;
}

/** A connection that ends too early must not look like the end of the object. */
async function* whole(
  body: AsyncIterable<Uint8Array>,
  bytes: number | undefined,
  key: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  let read = 0;
  try {
    for await (const piece of body) {
      read += piece.length;
      yield piece;
    }
  } catch (error) {
    throw asAvaError(error);
  }
  if (bytes !== undefined && read !== bytes) throw new TransferError("CONNECTION_LOST", `only ${read} of ${bytes} bytes of '${key}' came`);
}
