/** Summary of a series that is stored beside its name; times in halves of nanoseconds since 1970. */
export interface SeriesTotals {
  count: number;
  min: number;
  max: number;
  last: number;
  firstStep: number;
  lastStep: number;
  firstTimeHi: number;
  firstTimeLo: number;
  lastTimeHi: number;
  lastTimeLo: number;
  /** Whole chunks; the next one is being filled. */
  chunks: number;
  /** Points of the chunk being filled that are in the database. */
  storedInLast: number;
}

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
  const at = (field: number): number => view.getFloat64(field * 8, true);
  // Field by field, in the order of the list: a list of instances decodes hundreds of thousands.
  return {
    count: at(0),
    min: at(1),
    max: at(2),
    last: at(3),
    firstStep: at(4),
    lastStep: at(5),
    firstTimeHi: at(6),
    firstTimeLo: at(7),
    lastTimeHi: at(8),
    lastTimeLo: at(9),
    chunks: at(10),
    storedInLast: at(11),
  };
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

/** @returns those of a series without points */
export function emptyTotals(): SeriesTotals {
  const none = Number.NaN;
  return {
    count: 0,
    min: none,
    max: none,
    last: none,
    firstStep: none,
    lastStep: none,
    firstTimeHi: 0,
    firstTimeLo: 0,
    lastTimeHi: 0,
    lastTimeLo: 0,
    chunks: 0,
    storedInLast: 0,
  };
}

/** Takes one point into account; times in halves of the nanoseconds since 1970. */
export function addToTotals(totals: SeriesTotals, step: number, timeHi: number, timeLo: number, value: number): void {
  if (totals.count === 0) {
    totals.firstStep = step;
    totals.firstTimeHi = timeHi;
    totals.firstTimeLo = timeLo;
  }
  totals.count++;
  totals.last = value;
  totals.lastStep = step;
  totals.lastTimeHi = timeHi;
  totals.lastTimeLo = timeLo;
  if (value === value) {
    if (!(value >= totals.min)) totals.min = value;
    if (!(value <= totals.max)) totals.max = value;
  }
}
