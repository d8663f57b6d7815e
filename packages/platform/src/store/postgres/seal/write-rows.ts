import type { Ask } from "../connect/database.js";
import { meantSeries } from "../hold/meant-series.js";
import type { Piece } from "./pack-log.js";
import type { Overview, SeriesRow } from "./pack-series.js";
import type { NewSegment } from "./place-chunks.js";
import type { Unsealed } from "./read-unsealed.js";
import { rowSum } from "./sealed-state.js";

/** An instance with what is new of it, ready to be written. */
export interface Sealed extends Unsealed {
  segments: readonly NewSegment[];
  rows: readonly SeriesRow[];
  overviews: readonly Overview[];
  /** Series that are no longer there. */
  removed: readonly number[];
  /** Names of metrics whose figures change. */
  names: ReadonlySet<string>;
  pieces: readonly Piece[];
}

/** Bytes of one statement from which on the next is begun, and its rows: the server holds all of it at a time. */
const STATEMENT_BYTES = 8 * 1024 * 1024;
const STATEMENT_ROWS = 2000;

/** Bytes come joined in one value, which goes over as it is: each row takes its parts. */
const PUT_SERIES = `
  INSERT INTO ava.series (instance, no, name, labels, totals, sum, first, heads, last)
  SELECT instance, no, name, labels, substring($3::bytea FROM at FOR 96), sum, first, substring($3 FROM at + 96 FOR heads), substring($3 FROM at + 96 + heads FOR last)
  FROM unnest($1::bigint[], $2::int[], $4::int[], $5::text[], $6::text[], $7::bigint[], $8::int[], $9::int[], $10::int[])
    AS s (instance, no, at, name, labels, sum, first, heads, last)
  ON CONFLICT (instance, no) DO UPDATE SET totals = excluded.totals, sum = excluded.sum, first = excluded.first, heads = excluded.heads, last = excluded.last`;

const PUT_PIECES = `
  INSERT INTO ava.log_pieces (instance, start, bytes, marks, sum)
  SELECT instance, start, substring($3::bytea FROM at FOR size), substring($3 FROM at + size FOR marks), sum
  FROM unnest($1::bigint[], $2::bigint[], $4::int[], $5::int[], $6::int[], $7::bigint[]) AS p (instance, start, at, size, marks, sum)
  ON CONFLICT (instance, start) DO UPDATE SET bytes = excluded.bytes, marks = excluded.marks, sum = excluded.sum`;

const PUT_SEGMENTS = `
  INSERT INTO ava.segments (instance, no, size, bytes)
  SELECT instance, no, size, CASE WHEN is_in_row THEN substring($3::bytea FROM at FOR size) END
  FROM unnest($1::bigint[], $2::bigint[], $4::int[], $5::int[], $6::bool[]) AS s (instance, no, at, size, is_in_row)`;

/** Writes new segments. */
export function putSegments(ask: Ask, all: readonly Sealed[]): Promise<void> {
  const rows = all.flatMap(({ held, segments }) =>
    segments.map(({ no, size, inRow }) => ({ key: [held.no, no], bytes: inRow === null ? [] : [inRow], rest: [size, inRow !== null] })),
  );
  return put(ask, PUT_SEGMENTS, rows);
}

/** Writes rows of series. */
export function putSeries(ask: Ask, all: readonly Sealed[]): Promise<void> {
  const rows = all.flatMap((one) =>
    one.rows.map(({ no, name, labels, sum, totals, first, heads, last }) => ({
      key: [one.held.no, no],
      bytes: [totals, heads, last],
      rest: [name, labels, sum, first, heads.length, last.length],
    })),
  );
  return put(ask, PUT_SERIES, rows);
}

/** Writes pieces of logs. */
export function putPieces(ask: Ask, all: readonly Sealed[]): Promise<void> {
  const rows = all.flatMap(({ held, pieces }) =>
    pieces.map(({ start, bytes, marks, sum }) => ({
      key: [held.no, start],
      bytes: [bytes, marks],
      rest: [bytes.length, marks.length, sum],
    })),
  );
  return put(ask, PUT_PIECES, rows);
}

/** A row whose values are bytes in part. */
interface RowOfBytes {
  /** Number of the instance, and what names the row within it. */
  key: number[];
  bytes: Uint8Array[];
  /** Its other values, and where the bytes end. */
  rest: unknown[];
}

/** Writes rows with as few statements as can be. @param text - takes both keys, the joined bytes, the place of each row in them from 1, and the rest */
async function put(ask: Ask, text: string, rows: readonly RowOfBytes[]): Promise<void> {
  for (let from = 0; from < rows.length; ) {
    const starts: number[] = [];
    let at = 1;
    let end = from;
    for (; end < rows.length && end - from < STATEMENT_ROWS && at <= STATEMENT_BYTES; end++) {
      starts.push(at);
      for (const { length } of rows[end]!.bytes) at += length;
    }
    const part = rows.slice(from, end);
    const rest = part[0]!.rest.map((_, column) => part.map((row) => row.rest[column]));
    const joined = Buffer.concat(part.flatMap(({ bytes }) => bytes));
    await ask(text, [part.map(({ key }) => key[0]), part.map(({ key }) => key[1]), joined, starts, ...rest]);
    from = end;
  }
}

/** Writes overviews; few instances have new ones. */
export async function putOverviews(ask: Ask, all: readonly Sealed[]): Promise<void> {
  for (const { held, overviews } of all) {
    for (const { series, first, heads } of overviews) {
      await ask("DELETE FROM ava.overviews WHERE instance = $1 AND series = $2 AND first >= $3", [held.no, series, first]);
      await ask("INSERT INTO ava.overviews (instance, series, first, heads) VALUES ($1, $2, $3, $4)", [held.no, series, first, heads]);
    }
  }
}

/** Removes series that are no longer there; few instances have such. */
export async function removeSeries(ask: Ask, all: readonly Sealed[]): Promise<void> {
  for (const { held, removed } of all) {
    if (removed.length === 0) continue;
    await ask("DELETE FROM ava.series WHERE instance = $1 AND no = ANY ($2::int[])", [held.no, removed]);
    await ask("DELETE FROM ava.overviews WHERE instance = $1 AND series = ANY ($2::int[])", [held.no, removed]);
  }
}

/** Writes new events, a row for each instance that has some. */
export async function putEvents(ask: Ask, all: readonly Sealed[]): Promise<void> {
  const rows = all
    .filter(({ held, sealedEvents }) => held.events.length > sealedEvents)
    .map(({ held, sealedEvents: first }) => ({ no: held.no, first, text: JSON.stringify(held.events.slice(first)) }));
  if (rows.length === 0) return;
  await ask(
    "INSERT INTO ava.events (instance, first, events, sum) SELECT * FROM unnest($1::bigint[], $2::int[], $3::text[], $4::bigint[])",
    [
      rows.map(({ no }) => no),
      rows.map(({ first }) => first),
      rows.map(({ text }) => text),
      rows.map(({ no, first, text }) => rowSum(no, first, text)),
    ],
  );
}

/** Writes figures of metrics: of each the series that a list means where it names no labels. */
export async function putFigures(ask: Ask, all: readonly Sealed[]): Promise<void> {
  // One that is sealed for the first time has none.
  const old = all.flatMap(({ row, names }) => (row.sealedPos === 0 ? [] : [...names].map((name) => ({ no: row.no, name }))));
  if (old.length > 0) {
    const text =
      "DELETE FROM ava.figures f USING unnest($1::bigint[], $2::text[]) AS w (instance, name) WHERE f.instance = w.instance AND f.name = w.name";
    await ask(text, [old.map(({ no }) => no), old.map(({ name }) => name)]);
  }
  const rows = all.flatMap(({ held, names }) =>
    names.size === 0 ? [] : [...meantSeries(held.series.values(), names)].map(([name, totals]) => ({ no: held.no, name, totals })),
  );
  if (rows.length === 0) return;
  const of = (figure: "last" | "min" | "max"): (number | null)[] =>
    rows.map(({ totals }) => (Number.isNaN(totals[figure]) ? null : totals[figure]));
  await ask(
    `INSERT INTO ava.figures (name, instance, last, min, max, count)
     SELECT * FROM unnest($1::text[], $2::bigint[], $3::float8[], $4::float8[], $5::float8[], $6::bigint[])`,
    [rows.map(({ name }) => name), rows.map(({ no }) => no), of("last"), of("min"), of("max"), rows.map(({ totals }) => totals.count)],
  );
}
