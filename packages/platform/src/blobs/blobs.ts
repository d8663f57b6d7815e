import { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { AvaError, type ListedObject, S3Objects, type TimeLimits, type TransferError } from "ava-sdk/s3";
import { PlatformError } from "../error.js";

/** Where blobs lie, and how patiently they are asked for. */
export interface BlobOptions {
  /** `s3://bucket/prefix?endpoint=http://host:port&region=...`. */
  spec: string;
  /** Keys; absent: what the package for S3 finds (environment, profile, role). */
  accessKey?: string;
  secretKey?: string;
  /** Time-outs of each request. @defaultValue 5 s to connect, 30 s without a byte */
  limits?: TimeLimits;
}

/** A platform must answer: a store that is silent is told to its clients, who send again. */
const LIMITS: TimeLimits = { connectMs: 5000, idleMs: 30_000, totalMs: 2 ** 31 - 1 };
const TRIES = 3;

/** How long a start waits for the bucket, in milliseconds. */
const START_MS = 5000;

/** In how many seconds a client may ask again when the store of blobs did not answer. */
const RETRY_AFTER_SECONDS = 5;

/** Forms of what a store says that a person has to mend, and how. The first that fits is told. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/RequestTimeTooSkewed|RequestExpired/, "The clocks of this machine and of the store are too far apart: set them (NTP). "],
  [
    /ObjectLocked|WORM|object lock|retention/i,
    "Objects of the bucket are locked: the platform has to remove some. Take a bucket without object lock, or with versions. ",
  ],
  [/NoSuchBucket/, "The bucket is not there: see that the address names it rightly. "],
  [/InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken/, "Give the platform keys that are valid. "],
  [/ 40[13]\b/, "Let its keys get, put, list and delete objects. "],
];

/** Bytes by keys, in a bucket that all replicas share. All methods reject with `store_failed` where the store does not answer as it should, `store_full` where it has no room. */
export class Blobs {
  /** Where they lie, without secrets. */
  readonly spec: string;
  private readonly objects: S3Objects;

  private constructor(objects: S3Objects) {
    this.objects = objects;
    this.spec = objects.spec;
  }

  /**
   * @returns blobs of a bucket that was asked for
   * @throws PlatformError `usage` where the bucket is not there, or these keys do not open it; one that does not answer does not keep the platform from starting
   */
  static async open({ spec, limits = LIMITS, ...keys }: BlobOptions, warn: (message: string) => void): Promise<Blobs> {
    const objects = await S3Objects.open({ spec, limits, tries: TRIES, ...keys }).catch((error: unknown) => {
      throw error instanceof AvaError ? new PlatformError("usage", `--blobs ${spec}: ${error.message}.`) : error;
    });
    const blobs = new Blobs(objects);
    const silent = delay(START_MS, undefined, { ref: false }).then(() => {
      throw new AvaError("CONNECTION_LOST", `it has said nothing for ${START_MS / 1000} seconds`);
    });
    await Promise.race([objects.check(), silent]).catch((error: unknown) => {
      const { status = 0 } = error as TransferError;
      if ((status >= 300 && status < 500) || (error instanceof AvaError && error.code === "CREDENTIALS_MISSING")) {
        objects.close();
        throw new PlatformError(
          "usage",
          `The bucket of --blobs ${blobs.spec} cannot be used: ${(error as Error).message}. Check its name, region and keys.`,
        );
      }
      warn(
        `The bucket of --blobs ${blobs.spec} does not answer: ${(error as Error).message}. What lies in it is not served until it does.`,
      );
    });
    return blobs;
  }

  /** Keeps a blob. @param isNew - one that is there stays @returns whether it was kept */
  put(key: string, bytes: Uint8Array, isNew = false): Promise<boolean> {
    return this.told(this.objects.put(key, bytes, { isNew }));
  }

  /** Keeps what comes, whole or not at all. @returns its size @throws what `content` throws */
  putStream(key: string, content: AsyncIterable<Uint8Array>): Promise<number> {
    return this.told(this.objects.putStream(key, content));
  }

  /** @param range - first and last byte; absent for all @returns a blob as it comes; `undefined` where there is none */
  async read(key: string, range?: { start: number; end: number }): Promise<Readable | undefined> {
    const body = await this.told(this.objects.get(key, range));
    return body === undefined ? undefined : Readable.from(body, { objectMode: false });
  }

  /** @returns the bytes of a blob, or of a range of it; `undefined` where there is none */
  async get(key: string, range?: { start: number; end: number }): Promise<Uint8Array | undefined> {
    const body = await this.told(this.objects.get(key, range));
    if (body === undefined) return undefined;
    const pieces: Uint8Array[] = [];
    const collect = async (): Promise<void> => {
      for await (const piece of body) pieces.push(piece);
    };
    await this.told(collect());
    return Buffer.concat(pieces);
  }

  /** @returns the size of a blob; `undefined` where there is none */
  size(key: string): Promise<number | undefined> {
    return this.told(this.objects.size(key));
  }

  /** @param isFlat - what lies behind the next slash is one entry @returns blobs whose keys begin so */
  async *list(prefix: string, isFlat = false): AsyncGenerator<ListedObject, void, undefined> {
    const pages = this.objects.list(prefix, { isFlat });
    for (let next = await this.told(pages.next()); next.done !== true; next = await this.told(pages.next())) yield next.value;
  }

  /** Removes a blob, if it is there. */
  delete(key: string): Promise<void> {
    return this.told(this.objects.delete(key));
  }

  /** Ends requests that are on their way. */
  close(): void {
    this.objects.close();
  }

  private async told<Answer>(answer: Promise<Answer>): Promise<Answer> {
    try {
      return await answer;
    } catch (error) {
      throw error instanceof AvaError ? this.failure(error) : error;
    }
  }

  private failure(error: AvaError): PlatformError {
    const { status } = error as TransferError;
    // 507, or a quota: what stores answer when there is no room.
    if (status === 507 || /quota|StorageFull|InsufficientStorage/i.test(error.message)) {
      const message = `The store of blobs ${this.spec} is full (${error.message}): nothing of this was kept. Make room, or raise the quota of the bucket.`;
      return new PlatformError("store_full", message, { cause: error });
    }
    const advice = ADVICE.find(([form]) => form.test(error.message))?.[1] ?? "";
    const message = `The store of blobs ${this.spec} does not do what it is asked for (${error.message}). ${advice}Send it again later.`;
    return new PlatformError("store_failed", message, { cause: error, retryAfterSeconds: RETRY_AFTER_SECONDS });
  }
}
