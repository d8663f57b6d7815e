/** How the numbers of a column are written, see docs/formats/postgres.md. */
export const KIND = { constant: 0, distances: 1, decimals: 2, float32: 3, float64: 4 } as const;

/** Units of distances: clocks give whole milliseconds or microseconds in nanoseconds. */
export const UNITS = [1_000_000, 1000, 1] as const;

/** Powers of ten, up to the most digits behind the point that are tried. */
export const POWERS: readonly number[] = Array.from({ length: 8 }, (_, digits) => 10 ** digits);

/** Numbers of a run of records, as float64 and as two halves each: so a NaN keeps its bits. */
export interface Numbers {
  values: Float64Array<ArrayBuffer>;
  halves: Uint32Array<ArrayBuffer>;
}

/** Numbers for which room is kept: those of a body of 3 MB. */
const KEPT_NUMBERS = 262_144;

let kept: Numbers = make(4096);

/** @returns room for so many numbers, with anything in it, until it is asked for again */
export function numbersFor(count: number): Numbers {
  if (count > KEPT_NUMBERS) return make(count);
  if (kept.values.length < count) kept = make(Math.min(KEPT_NUMBERS, count * 2));
  return kept;
}

function make(count: number): Numbers {
  const values = new Float64Array(count);
  return { values, halves: new Uint32Array(values.buffer) };
}
