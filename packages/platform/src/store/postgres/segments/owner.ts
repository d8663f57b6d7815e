import { PlatformError } from "../../../error.js";
import type { Ask } from "../connect/database.js";
import type { SegmentObjects } from "./bodies.js";

/** Names the database that uses a bucket: the first one to start with it writes this object. */
const OWNER_KEY = "owner";

/** Longest content that is read of it. */
const OWNER_BYTES = 256;

/** Most databases never had a bucket: then the rows of segments are not looked through. */
const HAS_BUCKET = "EXISTS (SELECT FROM ava.secrets WHERE name = 'bucket')";

/** So many of the newest segments are looked for in a bucket that has no owner yet: one of them may be lost. */
const LOOKED_FOR = 8;

/** A server that is copied by files keeps its number, so a promoted standby is the same; one that a dump is restored to has another. */
const IDENTITY = `
  SELECT 'PostgreSQL ' || system_identifier || ' database ' || (SELECT oid FROM pg_database WHERE datname = current_database()) AS identity
  FROM pg_control_system()`;

/**
 * Makes a bucket this database's, unless it is another one's, or has none of the segments that the database names.
 *
 * @param keyOf - tells the key of a segment
 * @throws PlatformError `usage` where it is not the bucket of this database; `store_failed`, `store_full`
 */
export async function claimObjects(ask: Ask, objects: SegmentObjects, keyOf: (segment: number) => Promise<string>): Promise<void> {
  const [row] = await ask<{ identity: string }>(IDENTITY);
  const { identity } = row!;
  const readOwner = (): Promise<Uint8Array | undefined> => objects.get(OWNER_KEY, { start: 0, end: OWNER_BYTES - 1 });
  let kept = await readOwner();
  if (kept === undefined) {
    await refuseOtherBucket(ask, objects, keyOf);
    await objects.put(OWNER_KEY, Buffer.from(identity), true);
    kept = await readOwner();
  }
  if (kept === undefined || Buffer.from(kept).toString() === identity) return;
  const { place, flags } = forCommands(objects.spec);
  const message = `Another database uses the bucket of --blobs ${objects.spec}, and each would remove what only the other one names. If this database is a copy, give it a prefix of its own: aws s3 sync ${place} ${place}-copy --exclude ${OWNER_KEY}${flags}, then start it with --blobs on ${place}-copy. If the other database is gone for good: aws s3 rm ${place}/${OWNER_KEY}${flags}.`;
  throw new PlatformError("usage", message);
}

/** @throws PlatformError `usage` where segments of this database lie in a bucket */
export async function refuseWithoutBucket(ask: Ask): Promise<void> {
  const text = `SELECT count(*) AS count FROM ava.segments WHERE bytes IS NULL AND ${HAS_BUCKET}`;
  const [found] = await ask<{ count: number }>(text);
  if (found!.count === 0) return;
  throw new PlatformError("usage", `Segments of this database (${found!.count}) lie in a bucket. Name it with --blobs.`);
}

/** A replica with another bucket than the others would serve charts with holes, and make holes in theirs. */
async function refuseOtherBucket(ask: Ask, objects: SegmentObjects, keyOf: (segment: number) => Promise<string>): Promise<void> {
  const text = `SELECT no FROM ava.segments WHERE bytes IS NULL AND ${HAS_BUCKET} ORDER BY no DESC LIMIT ${LOOKED_FOR}`;
  const newest = await ask<{ no: number }>(text);
  for (const { no } of newest) if ((await objects.get(await keyOf(no), { start: 0, end: 0 })) !== undefined) return;
  if (newest.length === 0) return;
  const { place, flags } = forCommands(objects.spec);
  const message = `The bucket of --blobs ${objects.spec} is not the one in which segments of this database lie: none of the newest is there. Name the --blobs of the other replicas. If it has moved, copy its objects first: aws s3 sync s3://OLD-BUCKET/PREFIX ${place}${flags}.`;
  throw new PlatformError("usage", message);
}

/** @returns place and further flags as the AWS command line takes them */
function forCommands(spec: string): { place: string; flags: string } {
  const [, place = "", params = ""] = /^s3:\/*([^?]*?)\/*(?:\?(.*))?$/.exec(spec) ?? [];
  const endpoint = new URLSearchParams(params).get("endpoint");
  return { place: `s3://${place}`, flags: endpoint === null ? "" : ` --endpoint-url ${endpoint}` };
}
