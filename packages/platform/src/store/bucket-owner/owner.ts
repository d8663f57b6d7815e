import { PlatformError } from "../../error.js";

/** Names the platform that uses a prefix of a bucket: the first one to start with it writes this object. */
export const OWNER_KEY = "owner";

/** What the AWS command line leaves out with both objects that tell whose a prefix is, see `BEAT_KEY`. */
export const WITHOUT_OWNER: string = `--exclude '${OWNER_KEY}*'`;

/** Longest content that is read of it. */
const OWNER_BYTES = 256;

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
 * @param identity - names the database or data folder: its copies by dump have another one
 * @param beforeTaken - asked before a prefix is taken that has no owner; throws where it must not be
 * @returns whether it was taken now
 * @throws PlatformError `usage` where it is not the platform's; `store_failed`, `store_full`; what `beforeTaken` throws
 */
export async function claimBucket(objects: OwnedObjects, identity: string, beforeTaken: () => Promise<void>): Promise<boolean> {
  const readOwner = (): Promise<Uint8Array | undefined> => objects.get(OWNER_KEY, { start: 0, end: OWNER_BYTES - 1 });
  let isTaken = false;
  let kept = await readOwner();
  if (kept === undefined) {
    await beforeTaken();
    isTaken = await objects.put(OWNER_KEY, Buffer.from(identity), true);
    kept = await readOwner();
  }
  if (kept === undefined || Buffer.from(kept).toString() === identity) return isTaken;
  throw ofAnother(objects.spec, "Another platform uses the bucket");
}

/**
 * @param spec - of `--blobs`
 * @param who - the beginning of the sentence that says whose it is
 * @returns the error, which says by which commands a platform gets on
 */
export function ofAnother(spec: string, who: string): PlatformError {
  const { place, flags } = forCommands(spec);
  const message = `${who} of --blobs ${spec}, and each would remove what only the other one names. If this is a new platform, give it a prefix of its own: --blobs on ${place}-2. If it is a copy of the other: aws s3 sync ${place} ${place}-copy ${WITHOUT_OWNER}${flags}, then start it with --blobs on ${place}-copy. If the other is gone for good: aws s3 rm ${place}/${OWNER_KEY}${flags}.`;
  return new PlatformError("usage", message);
}

/** @param spec - of `--blobs` @returns place and further flags as the AWS command line takes them */
export function forCommands(spec: string): { place: string; flags: string } {
  const [, place = "", params = ""] = /^s3:\/*([^?]*?)\/*(?:\?(.*))?$/.exec(spec) ?? [];
  const endpoint = new URLSearchParams(params).get("endpoint");
  return { place: `s3://${place}`, flags: endpoint === null ? "" : ` --endpoint-url ${endpoint}` };
}
