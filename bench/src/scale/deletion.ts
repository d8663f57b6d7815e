import { setTimeout } from "node:timers/promises";
import { openPostgres } from "ava-platform";
import { Client } from "pg";
import { sendLoad } from "./load.js";

/** How long is logged before anything is deleted, in milliseconds. */
const BEFORE_MS = 15_000;

/** Runs that begin beside it at once, each with one request. */
const WRITERS = 8;

/** A run again and again, as if deleted long ago: rows and chunks are those of a real one. */
const COPY = `
  WITH source AS (SELECT * FROM ava.instances WHERE id = $1),
  made AS (
    INSERT INTO ava.instances (id, training, state, start_ms, heartbeat_ms, deleted_ms, series, pos, sealed_pos, is_unsealed)
    SELECT id || '-copy-' || $2::int, training, 'done', start_ms, heartbeat_ms, 1, series, pos, pos, false FROM source RETURNING no
  ),
  segments AS (
    INSERT INTO ava.segments (no, instance, size, bytes)
    SELECT nextval('ava.segment_no'), made.no, size, bytes FROM made, ava.segments WHERE instance = (SELECT no FROM source)
  ),
  series AS (
    INSERT INTO ava.series
    SELECT made.no, s.no, name, labels, totals, sum, first, heads, last FROM made, ava.series s WHERE instance = (SELECT no FROM source)
  )
  INSERT INTO ava.overviews SELECT made.no, series, first, heads FROM made, ava.overviews WHERE instance = (SELECT no FROM source)`;

/** What a deletion took, and how long requests waited before and beside it, in milliseconds. */
export interface Deletion {
  seconds: number;
  logBytes: number;
  before: { median: number; longest: number };
  beside: { median: number; longest: number };
}

/**
 * Removes copies of a run for good, while other runs log.
 *
 * @param database - address of the database
 * @param replica - address of a replica that the others send to
 * @param instance - id of the run, all of it sealed
 */
export async function deleteCopies(database: string, replica: string, instance: string, copies: number): Promise<Deletion> {
  const connection = new Client(database);
  await connection.connect();
  const store = await openPostgres({ url: database, sealing: { everyMs: 0 } });
  let waits: number[] = [];
  const ending = new AbortController();
  const take = (): Deletion["before"] => {
    const sorted = waits.sort((a, b) => a - b);
    waits = [];
    return { median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN, longest: sorted.at(-1) ?? Number.NaN };
  };
  const log = async (_: unknown, writer: number): Promise<void> => {
    for (let i = 0; !ending.signal.aborted; i++) {
      const prefix = `beside-${writer}-${i}`;
      const { seconds } = await sendLoad([replica], { prefix, instances: 1, bodiesPerInstance: 1, connections: 1, bodyBytes: 2000 });
      waits.push(seconds * 1000);
    }
  };
  try {
    for (let copy = 0; copy < copies; copy++) await connection.query(COPY, [instance, copy]);
    const logging = Promise.all(Array.from({ length: WRITERS }, log));
    await setTimeout(BEFORE_MS);
    const before = take();
    const place = (await connection.query<{ at: string }>("SELECT pg_current_wal_insert_lsn() AS at")).rows[0]!.at;
    const started = performance.now();
    await store.prune();
    const seconds = (performance.now() - started) / 1000;
    const beside = take();
    ending.abort();
    const text = "SELECT pg_current_wal_insert_lsn() - $1::pg_lsn AS bytes";
    const logBytes = Number((await connection.query<{ bytes: string }>(text, [place])).rows[0]!.bytes);
    await logging;
    return { seconds, logBytes, before, beside };
  } finally {
    ending.abort();
    await store.close();
    await connection.end();
  }
}
