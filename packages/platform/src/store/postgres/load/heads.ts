import { PlatformError } from "../../../error.js";
import type { Series } from "../../held/series.js";
import type { DamagedChunk } from "../../levels/series.js";
import type { Ask } from "../connect/database.js";
import { ERA } from "../connect/era.js";
import type { HeldInstance } from "../hold/held.js";
import { decodeOverview, type PlacedChunk } from "../segments/overview.js";
import { SealedSeries } from "../segments/sealed-series.js";

interface Row {
  no: number;
  first: number;
  heads: Buffer;
  /** Null where the row is one of the overviews. */
  last: Buffer | null;
  sealedPos: number;
}

/** One statement: what is sealed meanwhile is told by the position. */
const SELECT_HEADS = `
  SELECT s.no, s.first, s.heads, s.last, i.sealed_pos AS "sealedPos", ${ERA}
  FROM ava.instances i JOIN ava.series s ON s.instance = i.no WHERE i.no = $1 AND s.no = ANY ($2::int[])
  UNION ALL
  SELECT o.series, o.first, o.heads, NULL, i.sealed_pos, ${ERA}
  FROM ava.instances i JOIN ava.overviews o ON o.instance = i.no WHERE i.no = $1 AND o.series = ANY ($2::int[])`;

/** Thrown where an instance was sealed again since it was loaded: it is to be loaded anew. */
export class SealedMeanwhile extends Error {
  override readonly name = "SealedMeanwhile";
}

/** Series of one statement. */
const BATCH = 256;

/**
 * Reads heads of the sealed chunks of series, where they are not at hand.
 *
 * @throws SealedMeanwhile; PlatformError `store_failed`
 */
export async function readHeads(ask: Ask, held: HeldInstance, series: Iterable<Series>): Promise<void> {
  const wanted = [...series].flatMap((one) => {
    const { source } = one;
    return source instanceof SealedSeries && !source.hasHeads ? [{ source, chunks: one.totals.chunks - one.waiting.length }] : [];
  });
  for (let start = 0; start < wanted.length; start += BATCH) {
    const part = wanted.slice(start, start + BATCH);
    const rows = await ask<Row>(SELECT_HEADS, [held.no, part.map(({ source }) => source.no)]);
    if (rows.some(({ sealedPos }) => sealedPos !== held.sealedPos)) throw new SealedMeanwhile();
    const bySeries = new Map<number, Row[]>(part.map(({ source }) => [source.no, []]));
    for (const row of rows) bySeries.get(row.no)!.push(row);
    for (const { source, chunks } of part) putHeads(source, chunks, bySeries.get(source.no)!);
  }
}

function putHeads(source: SealedSeries, count: number, rows: readonly Row[]): void {
  const { instance, no } = source;
  const chunks: (PlacedChunk | DamagedChunk)[] = [];
  for (const { first, heads } of rows) {
    const placed = heads.length === 0 ? [] : decodeOverview({ instance, series: no, first }, heads);
    placed?.forEach((chunk, i) => (chunks[first + i] = chunk));
  }
  for (let index = 0; index < count; index++) {
    chunks[index] ??= {
      damage: `The head of chunk ${index} of series ${no} of the instance with number ${instance} is missing or its checksum is wrong: its points are missing.`,
    };
  }
  source.putHeads(chunks.slice(0, count), rows.find(({ last }) => last !== null)?.last ?? undefined);
}

/**
 * @param generation - of what is held
 * @returns what `work` gives, called again where an instance was sealed, or everything was forgotten, meanwhile
 * @throws PlatformError `store_failed` when that goes on and on
 */
export async function despiteSealing<Result>(generation: () => number, work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; tries <= MOST_TRIES; tries++) {
    const before = generation();
    try {
      const result = await work();
      if (generation() === before) return result;
    } catch (error) {
      if (!(error instanceof SealedMeanwhile)) throw error;
    }
  }
  throw new PlatformError("store_failed", "What was asked for changes faster than it can be read. Ask again in a moment.", {
    retryAfterSeconds: 1,
  });
}

const MOST_TRIES = 10;
