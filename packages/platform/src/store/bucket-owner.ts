import { setTimeout as delay } from "node:timers/promises";
import { PlatformError } from "../error.js";

/** Names the platform that uses a prefix of a bucket: the first one to start with it writes this object. */
export const OWNER_KEY = "owner";

/** Longest content that is read of it. */
const OWNER_BYTES = 256;

/** How long a start waits for the bucket, in milliseconds. */
const START_MS = 5000;

/** How long a prefix that was this platform's counts as that, in milliseconds: another one may have been told to take it. */
const CLAIMED_MS = 60_000;

/** What is needed of a bucket to know whose it is. */
export interface OwnedObjects {
  /** Where they lie, without secrets. */
  readonly spec: string;
  /** @param isNew - one that is there stays @returns whether it was kept */
  put(key: string, bytes: Uint8Array, isNew: boolean): Promise<boolean>;
  /** @param range - first and last byte @returns `undefined` where there is none */
  get(key: string, range: { start: number; end: number }): Promise<Uint8Array | undefined>;
}

/**
 * Makes a prefix of a bucket a platform's own, unless it is another one's.
 *
 * @param identity - names the database or data folder: its copies have another one
 * @param beforeTaken - asked before a prefix is taken that has no owner; throws where it must not be
 * @throws PlatformError `usage` where it is not the platform's; `store_failed`, `store_full`; what `beforeTaken` throws
 */
export async function claimBucket(objects: OwnedObjects, identity: string, beforeTaken: () => Promise<void>): Promise<void> {
  const readOwner = (): Promise<Uint8Array | undefined> => objects.get(OWNER_KEY, { start: 0, end: OWNER_BYTES - 1 });
  let kept = await readOwner();
  if (kept === undefined) {
    await beforeTaken();
    await objects.put(OWNER_KEY, Buffer.from(identity), true);
    kept = await readOwner();
  }
  if (kept === undefined || Buffer.from(kept).toString() === identity) return;
  const { place, flags } = forCommands(objects.spec);
  const message = `Another platform uses the bucket of --blobs ${objects.spec}, and each would remove what only the other one names. If this is a new platform, give it a prefix of its own: --blobs on ${place}-2. If it is a copy of the other: aws s3 sync ${place} ${place}-copy --exclude ${OWNER_KEY}${flags}, then start it with --blobs on ${place}-copy. If the other is gone for good: aws s3 rm ${place}/${OWNER_KEY}${flags}.`;
  throw new PlatformError("usage", message);
}

/** Whose a prefix is, asked before anything is changed in it. */
export class BucketClaim {
  private readonly claim: () => Promise<void>;
  private claimed: Promise<void> | undefined;
  private claimedAtMs = 0;

  /** @param claim - of {@link claimBucket} */
  constructor(claim: () => Promise<void>) {
    this.claim = claim;
  }

  /** @throws PlatformError `usage` where the prefix is another platform's; `store_failed`, `store_full` */
  async hold(): Promise<void> {
    if (this.claimed === undefined || performance.now() - this.claimedAtMs > CLAIMED_MS) {
      this.claimedAtMs = performance.now();
      this.claimed = this.claim();
      this.claimed.catch(() => (this.claimed = undefined));
    }
    await this.claimed;
  }

  /**
   * As {@link hold}, at a start: a bucket that does not answer is asked again before anything in it is changed.
   *
   * @throws PlatformError `usage` where the prefix is another platform's, or the keys may not read or write in it
   */
  async holdUnlessSilent(): Promise<void> {
    try {
      await Promise.race([this.hold(), delay(START_MS, undefined, { ref: false })]);
    } catch (error) {
      if (!(error instanceof PlatformError) || error.code === "usage") throw error;
      const { status, message } = (error.cause ?? {}) as { status?: number; message?: string };
      if (status !== 401 && status !== 403) return;
      const right = "Let its keys get, put, list and delete objects";
      throw new PlatformError("usage", `The bucket of --blobs cannot be used: ${message}. ${right}.`, { cause: error });
    }
  }
}

/** @param spec - of `--blobs` @returns place and further flags as the AWS command line takes them */
export function forCommands(spec: string): { place: string; flags: string } {
  const [, place = "", params = ""] = /^s3:\/*([^?]*?)\/*(?:\?(.*))?$/.exec(spec) ?? [];
  const endpoint = new URLSearchParams(params).get("endpoint");
  return { place: `s3://${place}`, flags: endpoint === null ? "" : ` --endpoint-url ${endpoint}` };
}
