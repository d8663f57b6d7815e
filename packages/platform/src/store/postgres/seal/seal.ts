import type { Ask, Database } from "../connect/database.js";
import type { Advancing } from "../load/advance.js";
import type { Bases } from "../load/bases.js";
import { decodeOverview, type PlacedChunk } from "../segments/overview.js";
import type { StoredBodies } from "../segments/stored-bodies.js";
import { type Lease, renewLease } from "./leases.js";
import { type HeadsRow, isSealed, packSeries, rowOf, unsealedSeries } from "./pack-series.js";
import { placeChunks } from "./place-chunks.js";
import { readUnsealed, type Unsealed } from "./read-unsealed.js";
import { type SealedParts, SealOvertaken, writeSealed } from "./write-sealed.js";

/** What sealing works with. */
export interface SealParts {
  database: Database;
  bases: Bases;
  bodies: StoredBodies;
  advancing: Advancing;
  /** As of `readUnsealed`. */
  mostBytes?: number;
}

/**
 * Seals an instance: what its journal has goes into chunks, log and rows, in one transaction that holds the lease; the journal up to there goes.
 *
 * @returns whether there was something to seal
 * @throws LeaseLost, SealOvertaken: nothing was changed; PlatformError `store_failed`, `store_full`; Error where something of it is damaged
 */
export async function sealInstance(
  { database, bases, bodies, advancing, mostBytes }: SealParts,
  no: number,
  lease: Lease,
): Promise<boolean> {
  // The era is looked at first: it is that of the snapshot, and may be another one when all is read.
  const [era, unsealed] = await database.snapshot(
    async (ask, copy) => [database.era, await readUnsealed(ask, copy, no, bases, advancing, mostBytes)] as const,
  );
  if (unsealed === undefined) return false;
  const { held } = unsealed;
  if (held.damage.length > 0) throw new Error(`${held.id} cannot be sealed, it stays in the journal: ${held.damage[0]}`);
  const parts = await pack(database.ask, bodies, unsealed);
  await database.transaction(async (ask) => {
    // What was read is not what a database has that went back.
    if (database.era !== era) throw new SealOvertaken(`The database may have gone back while instance ${held.id} was being sealed.`);
    await renewLease(ask, lease);
    await writeSealed(ask, unsealed, parts);
  });
  return true;
}

async function pack(ask: Ask, bodies: StoredBodies, { held, sealedPoints }: Unsealed): Promise<SealedParts> {
  const changed = unsealedSeries(held, sealedPoints);
  const known = await readRows(
    ask,
    held.no,
    changed.filter(isSealed).map(({ no }) => no),
  );
  const packed = changed.map((series) => packSeries(held, series, known.get(series.no)));
  const { segments, placed } = await placeChunks(packed, bodies);
  const made = [];
  for (const one of packed) made.push(await rowOf(held, one, placed.get(one)!, (from) => readOverviews(ask, held.no, one.series.no, from)));
  const there = new Set([...held.series.values()].map(({ no }) => no));
  const removed = [...sealedPoints.keys()].filter((no) => !there.has(no));
  // A series that is gone has its name in its row alone.
  const gone =
    removed.length === 0
      ? []
      : await ask<{ name: string }>("SELECT name FROM ava.series WHERE instance = $1 AND no = ANY ($2::int[])", [held.no, removed]);
  const names = new Set([...changed, ...gone].map(({ name }) => name));
  return { segments, rows: made.map(({ row }) => row), overviews: made.flatMap(({ overviews }) => overviews), removed, names };
}

async function readRows(ask: Ask, instance: number, series: readonly number[]): Promise<Map<number, HeadsRow>> {
  if (series.length === 0) return new Map();
  const text = "SELECT no, first, heads, last FROM ava.series WHERE instance = $1 AND no = ANY ($2::int[])";
  return new Map((await ask<HeadsRow>(text, [instance, series])).map((row) => [row.no, row]));
}

async function readOverviews(ask: Ask, instance: number, series: number, from: number): Promise<PlacedChunk[]> {
  const text = "SELECT first, heads FROM ava.overviews WHERE instance = $1 AND series = $2 AND first >= $3 ORDER BY first";
  const rows = await ask<{ first: number; heads: Buffer }>(text, [instance, series, from]);
  return rows.flatMap(({ first, heads }) => {
    const chunks = decodeOverview({ instance, series, first }, heads);
    if (chunks === undefined) throw new Error(`the overview of series ${series} from chunk ${first} on does not have its checksum`);
    return chunks;
  });
}
