import type { Labels } from "ava-protocol";
import { Series, type Turn } from "../../held/series.js";
import { decodeTotals } from "../../levels/totals.js";
import type { Ask } from "../connect/database.js";
import { ERA } from "../connect/era.js";
import { emptyHeld, type HeldInstance, NEVER_TOLD, TURN } from "../hold/held.js";
import { decodeEvents, decodeState, rowSum } from "../seal/sealed-state.js";
import type { ChunkFetcher } from "../segments/chunk-fetcher.js";
import { SealedSeries } from "../segments/sealed-series.js";

interface Row {
  kind: number;
  instance: number;
  /** Number of a series, or of the first event. */
  no: number;
  pos: number;
  text: string;
  labels: string;
  totals: Buffer | null;
  sum: number;
}

/** One statement: it sees one moment. */
const SELECT_SEALED = `
  SELECT 0 AS kind, instance, 0 AS no, pos, state AS text, '' AS labels, NULL::bytea AS totals, sum, ${ERA} FROM ava.sealed WHERE instance = ANY ($1::bigint[])
  UNION ALL SELECT 1, instance, first, 0, events, '', NULL, sum, NULL FROM ava.events WHERE instance = ANY ($1::bigint[])
  UNION ALL SELECT 2, instance, no, 0, name, labels, totals, sum, NULL FROM ava.series WHERE instance = ANY ($1::bigint[])
  ORDER BY kind, instance, no`;

/**
 * Reads instances as they were sealed last; heads of chunks, chunks and log are read when they are asked for.
 *
 * @param ids - of those that are wanted, by number
 * @returns them by number, those that are sealed. What cannot be read is damage of its instance
 */
export async function readSealed(ask: Ask, ids: ReadonlyMap<number, string>, fetcher: ChunkFetcher): Promise<Map<number, HeldInstance>> {
  const found = new Map<number, HeldInstance>();
  if (ids.size === 0) return found;
  const expected = new Map<HeldInstance, { series: number; events: number }>();
  for (const row of await ask<Row>(SELECT_SEALED, [[...ids.keys()]])) {
    const held = found.get(row.instance) ?? emptyHeld(row.instance, ids.get(row.instance)!, "", 0);
    found.set(row.instance, held);
    try {
      if (row.kind === 0) expected.set(held, takeState(held, row));
      else if (row.kind === 1) takeEvents(held, row);
      else takeSeries(held, row, fetcher);
    } catch (error) {
      const table = ["sealed", "events", "series"][row.kind];
      held.damage.push(
        `Table ${table}, row of instance ${held.id}, ${row.no}: it cannot be read (${error instanceof Error ? error.message : String(error)}).`,
      );
    }
  }
  for (const held of found.values()) count(held, expected.get(held));
  return found;
}

/**
 * @param totals - as they are stored
 * @returns a series whose sealed points are chunks that do not grow: what comes goes behind them
 */
function sealedSeries(
  held: HeldInstance,
  no: number,
  name: string,
  labels: Labels,
  totals: Buffer,
  fetcher: ChunkFetcher,
  turn: Turn,
): Series {
  const stored = decodeTotals(totals);
  const chunks = stored.chunks + (stored.storedInLast > 0 ? 1 : 0);
  return new Series(no, held.id, name, labels, new SealedSeries(held.no, no, fetcher), turn, { ...stored, chunks, storedInLast: 0 });
}

function takeState(held: HeldInstance, { instance, pos, text, sum }: Row): { series: number; events: number } {
  held.pos = pos;
  held.sealedPos = pos;
  held.changed.fromPos = pos;
  held.toldFromPos = NEVER_TOLD;
  check(sum, instance, pos, text);
  return decodeState(held, text);
}

function takeEvents(held: HeldInstance, { instance, no, text, sum }: Row): void {
  check(sum, instance, no, text);
  decodeEvents(held, no, text);
}

function takeSeries(held: HeldInstance, { instance, no, text, labels, totals, sum }: Row, fetcher: ChunkFetcher): void {
  check(sum, instance, no, text, labels, totals!);
  const series = sealedSeries(held, no, text, JSON.parse(labels) as Labels, totals!, fetcher, TURN);
  held.series.set(series.key, series);
}

function check(sum: number, ...values: Parameters<typeof rowSum>): void {
  if (rowSum(...values) !== sum) throw new Error("its checksum is wrong");
}

function count(held: HeldInstance, expected: { series: number; events: number } | undefined): void {
  if (expected === undefined && held.damage.length === 0) held.damage.push(`Table sealed: the row of instance ${held.id} is missing.`);
  if (expected === undefined) return;
  for (const name of ["series", "events"] as const) {
    const found = name === "series" ? held.series.size : held.events.length;
    if (found !== expected[name] && held.damage.length === 0)
      held.damage.push(`Table ${name}: ${found} of ${expected[name]} rows of instance ${held.id} can be read; the others are missing.`);
  }
}
