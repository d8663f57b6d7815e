import { setImmediate } from "node:timers/promises";
import type { Ask, Database } from "../connect/database.js";
import type { Advancing } from "../load/advance.js";
import type { Bases } from "../load/bases.js";
import { decodeOverview, type PlacedChunk } from "../segments/overview.js";
import type { StoredBodies } from "../segments/stored-bodies.js";
import { type Lease, renewLease } from "./leases.js";
import { type Piece, packLog, readLastPieces } from "./pack-log.js";
import { type HeadsRow, isSealed, packSeries, rowOf, unsealedSeries } from "./pack-series.js";
import { placeChunks } from "./place-chunks.js";
import { readUnsealed, type Unsealed } from "./read-unsealed.js";
import type { Sealed } from "./write-rows.js";
import { SealOvertaken, writeSealed } from "./write-sealed.js";

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
 * Seals instances: what their journals have goes into chunks, logs and rows, in one transaction that holds the lease; the journals up to there go.
 *
 * @param nos - instances of the bucket of the lease, of which one transaction can write all that is new
 * @returns how many had something to seal
 * @throws LeaseLost, SealOvertaken: nothing was changed; PlatformError `store_failed`, `store_full`; Error where something of one of them is damaged: nothing was
 * changed either
 */
export async function sealGroup(
  { database, bases, bodies, advancing, mostBytes }: SealParts,
  nos: readonly number[],
  lease: Lease,
): Promise<number> {
  // The era is looked at first: it is that of the snapshot, and may be another one when all is read.
  const [era, all] = await database.snapshot(
    async (ask, copy) => [database.era, await readUnsealed(ask, copy, nos, bases, advancing, mostBytes)] as const,
  );
  if (all.length === 0) return 0;
  for (const { held } of all)
    if (held.damage.length > 0) throw new Error(`${held.id} cannot be sealed, it stays in the journal: ${held.damage[0]}`);
  const sealed = await packAll(database.ask, bodies, all);
  await database.transaction(async (ask) => {
    // What was read is not what a database has that went back.
    if (database.era !== era) throw new SealOvertaken("The database may have gone back while instances were being sealed.");
    await renewLease(ask, lease);
    await writeSealed(ask, sealed);
  });
  return all.length;
}

/** What the tables have of instances that their new rows go on from. */
interface Before {
  /** Rows of their series, by instance and number. */
  rows: ReadonlyMap<number, ReadonlyMap<number, HeadsRow>>;
  /** Names of series that are gone, by instance: they have their names in their rows alone. */
  gone: ReadonlyMap<number, readonly string[]>;
  pieces: ReadonlyMap<number, Piece>;
}

async function packAll(ask: Ask, bodies: StoredBodies, all: readonly Unsealed[]): Promise<Sealed[]> {
  const changed = all.flatMap(({ held, sealedPoints }) =>
    unsealedSeries(held, sealedPoints)
      .filter(isSealed)
      .map(({ no }) => [held.no, no]),
  );
  const removed = all.flatMap((one) => removedSeries(one).map((no) => [one.held.no, no]));
  const rows = await readRows<HeadsRow>(ask, "no, first, heads, last", changed);
  const names = await readRows<{ name: string }>(ask, "name", removed);
  const before: Before = {
    rows: new Map([...rows].map(([instance, found]) => [instance, new Map(found.map((row) => [row.no, row]))])),
    gone: new Map([...names].map(([instance, found]) => [instance, found.map(({ name }) => name)])),
    pieces: await readLastPieces(
      ask,
      all.map(({ held }) => held),
    ),
  };
  const sealed: Sealed[] = [];
  for (const unsealed of all) {
    sealed.push(await pack(ask, bodies, unsealed, before));
    // Requests go on between two instances.
    await setImmediate();
  }
  return sealed;
}

async function pack(ask: Ask, bodies: StoredBodies, unsealed: Unsealed, before: Before): Promise<Sealed> {
  const { held, sealedPoints } = unsealed;
  const changed = unsealedSeries(held, sealedPoints);
  const known = before.rows.get(held.no);
  const packed = changed.map((series) => packSeries(held, series, known?.get(series.no)));
  const { segments, placed } = await placeChunks(packed, bodies);
  const made = [];
  for (const one of packed) made.push(await rowOf(held, one, placed.get(one)!, (from) => readOverviews(ask, held.no, one.series.no, from)));
  return {
    ...unsealed,
    segments,
    rows: made.map(({ row }) => row),
    overviews: made.flatMap(({ overviews }) => overviews),
    removed: removedSeries(unsealed),
    names: new Set([...changed.map(({ name }) => name), ...(before.gone.get(held.no) ?? [])]),
    pieces: packLog(held, before.pieces.get(held.no)),
  };
}

function removedSeries({ held, sealedPoints }: Unsealed): number[] {
  const there = new Set([...held.series.values()].map(({ no }) => no));
  return [...sealedPoints.keys()].filter((no) => !there.has(no));
}

/** @param series - instance and number of each. @returns columns of their rows, by instance */
async function readRows<Row>(ask: Ask, columns: string, series: readonly number[][]): Promise<Map<number, Row[]>> {
  const found = new Map<number, Row[]>();
  if (series.length === 0) return found;
  // With a limit it is read row by row, by the index.
  const text = `SELECT w.instance, s.* FROM unnest($1::bigint[], $2::int[]) AS w (instance, no)
    JOIN LATERAL (SELECT ${columns} FROM ava.series WHERE instance = w.instance AND no = w.no LIMIT 1) AS s ON true`;
  for (const row of await ask<Row & { instance: number }>(text, [series.map(([instance]) => instance), series.map(([, no]) => no)])) {
    const rows = found.get(row.instance);
    if (rows === undefined) found.set(row.instance, [row]);
    else rows.push(row);
  }
  return found;
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
