import type { Series } from "../../held/series.js";
import { rowsOf } from "../../levels/points.js";
import { encodeTotals } from "../../levels/totals.js";
import type { HeldInstance } from "../hold/held.js";
import { decodeOverview, encodeOverview, type PlacedChunk } from "../segments/overview.js";
import { openChunk, type PackedChunk, packChunk } from "../segments/packed-chunk.js";
import { IN_ROW, SealedSeries } from "../segments/sealed-series.js";
import { rechunk } from "./rechunk.js";
import { rowSum } from "./sealed-state.js";

/** Chunks of a long series up to which their heads stand in its row; then they go to an overview, which is written once. */
const OVERVIEW_CHUNKS = 64;

/** Chunks of the largest overview: full ones are joined to it, so that a series of ten million points has few. */
const LARGE_OVERVIEW_CHUNKS = 1024;

/** What the row of a series has of its chunks. */
export interface HeadsRow {
  no: number;
  /** Number of the first chunk whose head it has. */
  first: number;
  heads: Buffer;
  last: Buffer;
}

/** Row of a series. */
export interface SeriesRow extends HeadsRow {
  name: string;
  labels: string;
  totals: Uint8Array;
  sum: number;
}

/** A series that is being sealed: its new chunks are packed, and not yet placed. */
export interface PackedSeries {
  series: Series;
  /** Chunks whose heads the row has, but for the one that is not full. */
  before: readonly PlacedChunk[];
  first: number;
  whole: readonly PackedChunk[];
  last: PackedChunk | undefined;
}

/**
 * Packs what is new of a series.
 *
 * @param row - as it was sealed last; absent where it was not
 * @throws Error where the row cannot be read
 */
export function packSeries(held: HeldInstance, series: Series, row: HeadsRow | undefined): PackedSeries {
  const { no } = series;
  const { first = 0, heads, last: lastBytes } = row ?? {};
  const known = heads === undefined || heads.length === 0 ? [] : decodeOverview({ instance: held.no, series: no, first }, heads);
  if (known === undefined) throw new Error(`the heads of series ${no} do not have their checksum`);
  const before = known.filter(({ segment }) => segment !== IN_ROW);
  const notFull = known.at(-1)?.segment === IN_ROW ? known.at(-1) : undefined;
  let index = first + before.length;
  const key = (): { instance: number; series: number; index: number } => ({ instance: held.no, series: no, index: index++ });
  const body = notFull && openChunk({ instance: held.no, series: no, index }, notFull.head, notFull.shape, lastBytes!);
  const rows = body && rowsOf({ head: notFull.head, load: () => body });
  // One that is damaged stays as it is, and what comes goes on behind it.
  const damaged = notFull !== undefined && body === undefined ? [{ ...notFull, bytes: Uint8Array.from(lastBytes!) }] : [];
  index += damaged.length;
  const { whole, last } = rechunk(rows, series);
  const packed = whole.map((chunk) => packChunk(key(), chunk));
  return { series, before, first, whole: [...damaged, ...packed], last: last && packChunk(key(), last) };
}

/** An overview to be written, in the place of those from its first chunk on. */
export interface Overview {
  series: number;
  first: number;
  heads: Buffer;
}

/**
 * Makes the row of a series, once its new chunks have their places.
 *
 * @param placed - the new whole chunks
 * @param readOverview - reads overviews from a chunk on
 */
export async function rowOf(
  held: HeldInstance,
  { series, before, first, last }: PackedSeries,
  placed: readonly PlacedChunk[],
  readOverview: (from: number) => Promise<PlacedChunk[]>,
): Promise<{ row: SeriesRow; overviews: Overview[] }> {
  const { no } = series;
  const overviews: Overview[] = [];
  let recent = [...before, ...placed];
  let from = first;
  while (recent.length >= OVERVIEW_CHUNKS) {
    const large = Math.floor(from / LARGE_OVERVIEW_CHUNKS) * LARGE_OVERVIEW_CHUNKS;
    const count = Math.min(large + LARGE_OVERVIEW_CHUNKS - from, recent.length - (recent.length % OVERVIEW_CHUNKS));
    const isFull = from + count === large + LARGE_OVERVIEW_CHUNKS;
    const chunks = [...(isFull && from > large ? await readOverview(large) : []), ...recent.slice(0, count)];
    const start = isFull ? large : from;
    if (chunks.length !== from + count - start) throw new Error(`overviews of series ${no} are missing`);
    overviews.push({ series: no, first: start, heads: encodeOverview({ instance: held.no, series: no, first: start }, chunks) });
    recent = recent.slice(count);
    from += count;
  }
  const inRow = last === undefined ? recent : [...recent, { head: last.head, shape: last.shape, segment: IN_ROW, at: 0 }];
  const totals = encodeTotals({ ...series.totals, chunks: from + recent.length, storedInLast: last?.head.count ?? 0 });
  const labels = JSON.stringify(series.labels);
  const row = {
    no,
    name: series.name,
    labels,
    totals,
    sum: rowSum(held.no, no, series.name, labels, totals),
    first: from,
    heads: inRow.length === 0 ? Buffer.alloc(0) : encodeOverview({ instance: held.no, series: no, first: from }, inRow),
    last: Buffer.from(last?.bytes ?? []),
  };
  return { row, overviews };
}

/** @returns series of which not all points are sealed. @param sealed - how many points of each series are, by number */
export function unsealedSeries(held: HeldInstance, sealed: ReadonlyMap<number, number>): Series[] {
  return [...held.series.values()].filter(({ no, totals }) => totals.count > 0 && totals.count !== sealed.get(no));
}

/** @returns whether a series has sealed points */
export function isSealed({ source }: Series): boolean {
  return source instanceof SealedSeries;
}
