import type { Ask } from "../connect/database.js";
import type { HeldInstance } from "../hold/held.js";
import { meantSeries } from "../hold/meant-series.js";
import type { Overview, SeriesRow } from "./pack-series.js";
import type { NewSegment } from "./place-chunks.js";
import type { Unsealed } from "./read-unsealed.js";
import { encodeState, rowSum } from "./sealed-state.js";
import { writeLog } from "./write-log.js";

/** Thrown within a transaction where the instance was sealed or removed meanwhile: nothing of it is kept. */
export class SealOvertaken extends Error {
  override readonly name = "SealOvertaken";
}

/** What is new of an instance, ready to be written. */
export interface SealedParts {
  segments: readonly NewSegment[];
  rows: readonly SeriesRow[];
  overviews: readonly Overview[];
  /** Series that are no longer there. */
  removed: readonly number[];
  /** Names of metrics whose figures change. */
  names: ReadonlySet<string>;
}

/** Bytes come joined in one value, which goes over as it is: each row takes its parts. */
const PUT_SERIES = `
  INSERT INTO ava.series (instance, no, name, labels, totals, sum, first, heads, last)
  SELECT $1, no, name, labels, substring($6::bytea FROM at FOR 96), sum, first, substring($6 FROM at + 96 FOR heads), substring($6 FROM at + 96 + heads FOR last)
  FROM unnest($2::int[], $3::text[], $4::text[], $5::bigint[], $7::int[], $8::int[], $9::int[], $10::int[]) AS s (no, name, labels, sum, first, at, heads, last)
  ON CONFLICT (instance, no) DO UPDATE SET totals = excluded.totals, sum = excluded.sum, first = excluded.first, heads = excluded.heads, last = excluded.last`;

/** Series of one statement. */
const BATCH = 500;

/**
 * Writes what is new of an instance, then moves the mark up to which it is sealed, and drops its journal up to there. The row of the instance is locked last, so
 * that commits wait for the shortest time.
 *
 * @param ask - within a transaction that holds the lease
 * @throws SealOvertaken
 */
export async function writeSealed(ask: Ask, unsealed: Unsealed, parts: SealedParts): Promise<void> {
  const { row, held, sealedEvents, journalBytes } = unsealed;
  const { no } = row;
  for (const { no: segment, size, inRow } of parts.segments)
    await ask("INSERT INTO ava.segments (no, instance, size, bytes) VALUES ($1, $2, $3, $4)", [segment, no, size, inRow]);
  for (let start = 0; start < parts.rows.length; start += BATCH) await putSeries(ask, no, parts.rows.slice(start, start + BATCH));
  for (const { series, first, heads } of parts.overviews) {
    await ask("DELETE FROM ava.overviews WHERE instance = $1 AND series = $2 AND first >= $3", [no, series, first]);
    await ask("INSERT INTO ava.overviews (instance, series, first, heads) VALUES ($1, $2, $3, $4)", [no, series, first, heads]);
  }
  if (parts.removed.length > 0) {
    await ask("DELETE FROM ava.series WHERE instance = $1 AND no = ANY ($2::int[])", [no, parts.removed]);
    await ask("DELETE FROM ava.overviews WHERE instance = $1 AND series = ANY ($2::int[])", [no, parts.removed]);
  }
  await writeLog(ask, held);
  await putEvents(ask, held, sealedEvents);
  await putFigures(ask, held, parts.names);
  await putState(ask, held, row.sealedPos, journalBytes);
}

async function putSeries(ask: Ask, instance: number, rows: readonly SeriesRow[]): Promise<void> {
  let at = 1;
  const starts = rows.map(
    ({ totals, heads, last }) => (at += totals.length + heads.length + last.length) - (totals.length + heads.length + last.length),
  );
  await ask(PUT_SERIES, [
    instance,
    rows.map(({ no }) => no),
    rows.map(({ name }) => name),
    rows.map(({ labels }) => labels),
    rows.map(({ sum }) => sum),
    Buffer.concat(rows.flatMap(({ totals, heads, last }) => [totals, heads, last])),
    rows.map(({ first }) => first),
    starts,
    rows.map(({ heads }) => heads.length),
    rows.map(({ last }) => last.length),
  ]);
}

async function putEvents(ask: Ask, { no, events }: HeldInstance, first: number): Promise<void> {
  if (events.length === first) return;
  const text = JSON.stringify(events.slice(first));
  await ask("INSERT INTO ava.events (instance, first, events, sum) VALUES ($1, $2, $3, $4)", [no, first, text, rowSum(no, first, text)]);
}

/** Of each metric the series that a list means where it names no labels. */
async function putFigures(ask: Ask, { no, series }: HeldInstance, names: ReadonlySet<string>): Promise<void> {
  if (names.size === 0) return;
  const found = meantSeries(series.values(), names);
  await ask("DELETE FROM ava.figures WHERE instance = $1 AND name = ANY ($2::text[])", [no, [...names]]);
  const of = (figure: "last" | "min" | "max"): (number | null)[] =>
    [...found.values()].map((totals) => (Number.isNaN(totals[figure]) ? null : totals[figure]));
  await ask(
    `INSERT INTO ava.figures (name, instance, last, min, max, count)
     SELECT name, $1, last, min, max, count FROM unnest($2::text[], $3::float8[], $4::float8[], $5::float8[], $6::bigint[]) AS f (name, last, min, max, count)`,
    [no, [...found.keys()], of("last"), of("min"), of("max"), [...found.values()].map(({ count }) => count)],
  );
}

async function putState(ask: Ask, held: HeldInstance, sealedPos: number, journalBytes: number): Promise<void> {
  const { no, pos } = held;
  let series = 0;
  for (const { totals } of held.series.values()) if (totals.count > 0) series++;
  const state = encodeState(held, series);
  await ask(
    `INSERT INTO ava.sealed (instance, pos, state, sum) VALUES ($1, $2, $3, $4)
     ON CONFLICT (instance) DO UPDATE SET pos = excluded.pos, state = excluded.state, sum = excluded.sum`,
    [no, pos, state, rowSum(no, pos, state)],
  );
  const moved = await ask(
    `UPDATE ava.instances SET sealed_pos = $2, is_unsealed = pos > $2, unsealed_bytes = greatest(0, unsealed_bytes - $4),
       unsealed_since = CASE WHEN pos > $2 THEN now() END,
       live_pos = CASE WHEN pos > $2 THEN live_pos END, live_names = CASE WHEN pos > $2 THEN live_names END,
       live_figures = CASE WHEN pos > $2 THEN live_figures END
     WHERE no = $1 AND sealed_pos = $3 AND pos >= $2 RETURNING no`,
    [no, pos, sealedPos, journalBytes],
  );
  if (moved.length === 0) throw new SealOvertaken(`Instance ${held.id} was sealed or removed meanwhile.`);
  await ask("DELETE FROM ava.journal WHERE instance = $1 AND pos <= $2", [no, pos]);
}
