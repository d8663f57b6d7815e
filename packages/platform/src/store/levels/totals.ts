import { type SeriesSummary, toWireNumber } from "ava-protocol";
import type { Series, SeriesTotals } from "../embedded/series/series.js";

const FIELDS = [
  "count",
  "min",
  "max",
  "last",
  "firstStep",
  "lastStep",
  "firstTimeHi",
  "firstTimeLo",
  "lastTimeHi",
  "lastTimeLo",
  "chunks",
  "storedInLast",
] as const satisfies readonly (keyof SeriesTotals)[];

/** Bytes of a stored summary. */
export const TOTALS_BYTES: number = FIELDS.length * 8;

/**
 * @param totals - summary of a series
 * @returns its stored form: twelve float64, because SQLite has no NaN
 */
export function encodeTotals(totals: SeriesTotals): Uint8Array {
  return new Uint8Array(Float64Array.from(FIELDS, (field) => totals[field]).buffer);
}

/**
 * @param bytes - stored form
 * @returns the summary
 */
export function decodeTotals(bytes: Uint8Array): SeriesTotals {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Object.fromEntries(FIELDS.map((field, i) => [field, view.getFloat64(i * 8, true)])) as unknown as SeriesTotals;
}

/**
 * @param hi - upper half of nanoseconds since 1970, signed
 * @param lo - lower half
 */
export function joinTimeNs(hi: number, lo: number): bigint {
  return (BigInt(hi) << 32n) + BigInt(lo);
}

/**
 * @param timeNs - nanoseconds since 1970
 * @returns its halves
 */
export function splitTimeNs(timeNs: bigint): { hi: number; lo: number } {
  return { hi: Number(BigInt.asIntN(32, timeNs >> 32n)), lo: Number(BigInt.asUintN(32, timeNs)) };
}

/**
 * @param series - a series with at least one point
 * @returns what the wire says of it
 */
export function summarize(series: Series): SeriesSummary {
  const { totals } = series;
  return {
    name: series.name,
    labels: series.labels,
    count: totals.count,
    last: toWireNumber(totals.last),
    min: toWireNumber(totals.min),
    max: toWireNumber(totals.max),
    firstStep: totals.firstStep,
    lastStep: totals.lastStep,
    firstTimeNs: joinTimeNs(totals.firstTimeHi, totals.firstTimeLo).toString(),
    lastTimeNs: joinTimeNs(totals.lastTimeHi, totals.lastTimeLo).toString(),
  };
}
