import { PlatformError } from "../../../error.js";
import type { BeatKeep } from "../../bucket-owner/claim.js";
import { claimBucket, forCommands, OWNER_KEY } from "../../bucket-owner/owner.js";
import type { Ask } from "../connect/database.js";
import type { SegmentObjects } from "./bodies.js";

/** Most databases never had a bucket: then the rows of segments are not looked through. */
const HAS_BUCKET = "EXISTS (SELECT FROM ava.secrets WHERE name = 'bucket')";

/** So many of the newest segments are looked for in a bucket that has no owner yet: one of them may be lost. */
const LOOKED_FOR = 8;

/** A server that is copied by files keeps its number, so a promoted standby is the same; one that a dump is restored to has another. */
const IDENTITY = `
  SELECT 'PostgreSQL ' || system_identifier || ' database ' || (SELECT oid FROM pg_database WHERE datname = current_database()) AS identity
  FROM pg_control_system()`;

/** Row of `ava.secrets`: this database and the prefix that it took. */
const PLACE = "bucket place";

/** What a copy by dump has of its original's place does not hold for it. */
const TAKE_PLACE = `
  INSERT INTO ava.secrets AS s (name, value) VALUES ($1, $2 || $3)
  ON CONFLICT (name) DO UPDATE SET value = CASE WHEN starts_with(s.value, $2) AND NOT $4 THEN s.value ELSE excluded.value END
  RETURNING substr(value, length($2) + 1) AS place`;

/** Row of `ava.secrets`: beats that replicas wrote to the prefix. */
const BEATS = "bucket beats";

const REPLACE_BEATS = `
  INSERT INTO ava.secrets AS s (name, value) VALUES ($1, $3) ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE s.value = $2
  RETURNING name`;

/** @returns beats that all replicas of a database keep in it */
export function databaseBeats(ask: Ask): BeatKeep {
  return {
    read: async () => (await ask<{ value: string }>("SELECT value FROM ava.secrets WHERE name = $1", [BEATS]))[0]?.value ?? "",
    replace: async (before, after) => (await ask(REPLACE_BEATS, [BEATS, before, after])).length > 0,
  };
}

/**
 * Makes a bucket this database's, unless it is another one's, or not the one that the other replicas have.
 *
 * @param keyOf - tells the key of a segment
 * @returns whether it had no owner
 * @throws PlatformError `usage` where it is not the bucket of this database; `store_failed`, `store_full`
 */
export async function claimObjects(ask: Ask, objects: SegmentObjects, keyOf: (segment: number) => Promise<string>): Promise<boolean> {
  const [row] = await ask<{ identity: string }>(IDENTITY);
  const { identity } = row!;
  const { place, flags } = forCommands(objects.spec);
  const isTaken = await claimBucket(objects, identity, async () => {
    if (await hasSegments(ask, objects, keyOf)) return;
    const [taken] = await ask<{ place: string }>(TAKE_PLACE, [PLACE, `${identity} in `, place, false]);
    if (taken!.place === place) return;
    const message = `This database keeps its objects in ${taken!.place}, and --blobs names ${place}. Give all replicas the same. If the bucket has moved, copy all its objects first, also ${OWNER_KEY}: aws s3 sync ${taken!.place} ${place}${flags}.`;
    throw new PlatformError("usage", message);
  });
  await ask(TAKE_PLACE, [PLACE, `${identity} in `, place, true]);
  return isTaken;
}

/** @throws PlatformError `usage` where segments of this database lie in a bucket */
export async function refuseWithoutBucket(ask: Ask): Promise<void> {
  const text = `SELECT count(*) AS count FROM ava.segments WHERE bytes IS NULL AND ${HAS_BUCKET}`;
  const [found] = await ask<{ count: number }>(text);
  if (found!.count === 0) return;
  throw new PlatformError("usage", `Segments of this database (${found!.count}) lie in a bucket. Name it with --blobs.`);
}

/**
 * A replica with another bucket than the others would serve charts with holes, and make holes in theirs.
 *
 * @returns whether segments of the database lie in this one; false where none lies in any
 */
async function hasSegments(ask: Ask, objects: SegmentObjects, keyOf: (segment: number) => Promise<string>): Promise<boolean> {
  const text = `SELECT no FROM ava.segments WHERE bytes IS NULL AND ${HAS_BUCKET} ORDER BY no DESC LIMIT ${LOOKED_FOR}`;
  const newest = await ask<{ no: number }>(text);
  for (const { no } of newest) if ((await objects.get(await keyOf(no), { start: 0, end: 0 })) !== undefined) return true;
  if (newest.length === 0) return false;
  const { place, flags } = forCommands(objects.spec);
  const message = `The bucket of --blobs ${objects.spec} is not the one in which segments of this database lie: none of the newest is there. Name the --blobs of the other replicas. If it has moved, copy its objects first: aws s3 sync s3://OLD-BUCKET/PREFIX ${place}${flags}.`;
  throw new PlatformError("usage", message);
}
