import { expect, test } from "vitest";
import type { RawRows } from "../contract/points.js";
import { axisTimeMs, decodeChunk, encodeChunk } from "./chunk.js";
import { columnAt } from "./column.js";
import { decodeHead, encodeHead } from "./head.js";

const COUNT = 4096;

function rowsOf(make: (row: number) => { step?: number; time?: number; epoch?: number; value?: number }, count = COUNT): RawRows {
  const rows = Array.from({ length: count }, (_, row) => ({ step: row, time: row * 1e6, epoch: 0, value: 0, ...make(row) }));
  const column = (name: "step" | "time" | "epoch" | "value"): Float64Array => Float64Array.from(rows, (row) => row[name]);
  return { count, timeBaseHi: 355_971, step: column("step"), time: column("time"), epoch: column("epoch"), value: column("value") };
}

const CASES: [string, RawRows][] = [
  ["one point", rowsOf(() => ({ value: 0.1 }), 1)],
  ["all constant", rowsOf(() => ({ step: 7, time: 5, value: -0 }))],
  ["strides", rowsOf((row) => ({ step: row * 20, epoch: row / 4 }))],
  ["minus zero among zeros", rowsOf((row) => ({ step: row % 2 === 0 ? 0 : -0, value: row % 2 === 0 ? 0 : -0 }))],
  ["minus zero before a stride", rowsOf((row) => ({ epoch: row === 0 ? -0 : row / 4 }))],
  ["an epoch with the first point alone", rowsOf((row) => ({ epoch: row === 0 ? 5 : Number.NaN }))],
  ["a first step before an infinite one", rowsOf((row) => ({ step: row === 0 ? 5 : Number.POSITIVE_INFINITY }), 2)],
  ["float32 values", rowsOf((row) => ({ value: Math.fround(Math.sin(row)) }))],
  ["float64 values", rowsOf((row) => ({ value: Math.sin(row) }))],
  [
    "values that are not finite",
    rowsOf((row) => ({ value: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1][row % 4]! })),
  ],
  ["only NaN", rowsOf(() => ({ value: Number.NaN, epoch: Number.NaN }))],
  ["millisecond clocks that jitter", rowsOf((row) => ({ time: row * 5e6 + (row % 13) * 1e6 }))],
  ["nanosecond clocks that jitter", rowsOf((row) => ({ time: row * 5_000_001 + ((row * 7919) % 20_000_000) }))],
  ["rewound steps", rowsOf((row) => ({ step: row % 1000 }))],
  ["huge steps", rowsOf((row) => ({ step: row * 2 ** 60 + (row % 3) }))],
  ["fractions", rowsOf((row) => ({ step: row * 0.1, epoch: row / 390 }))],
  ["steps that are not numbers", rowsOf((row) => ({ step: row === 5 ? Number.NaN : row === 6 ? Number.POSITIVE_INFINITY : row }))],
];

test.each(CASES)("gives every row back bit for bit: %s", (_name, rows) => {
  const { head, body } = encodeChunk(rows);
  // Off by one byte: what comes out of a database may begin anywhere.
  const moved = new Uint8Array(body.length + 1);
  moved.set(body, 1);
  for (const bytes of [body, moved.subarray(1)]) {
    const chunk = decodeChunk(bytes, head);
    for (const column of ["step", "time", "epoch", "value"] as const) {
      const got = Float64Array.from({ length: rows.count }, (_, row) => columnAt(chunk[column], row));
      expect(got).toEqual(rows[column]);
      expect(got.findIndex((value, row) => !Object.is(value, rows[column][row]))).toBe(-1);
    }
  }
});

test("axes that differ from those of the chunk before in one bit, or were changed since, are not taken for them", () => {
  const rows = (at: number, step: number): RawRows =>
    rowsOf((row) => ({ step: row === at ? step : row % 9, epoch: row % 2 === 0 ? 0 : 1 }));
  const stepAt = (of: RawRows, row: number): number => {
    const { head, body } = encodeChunk(of);
    return columnAt(decodeChunk(body, head).step, row);
  };
  const first = rows(1800, 0);
  expect(encodeChunk(first)).toEqual(encodeChunk(rows(1800, 0)));
  expect(stepAt(rows(1800, -0), 1800)).toBe(-0);
  expect(stepAt(rows(1800, 0), 1800)).toBe(0);
  first.step[1800] = 5;
  expect(stepAt(first, 1800)).toBe(5);
  expect(stepAt(rows(1800, 0), 1800)).toBe(0);
  expect(encodeChunk({ ...first, count: 1800 }).head.axes[0]).toEqual({ min: 0, max: 8, last: 1799 % 9, isSorted: false });
});

test.each(CASES)("the head tells least, greatest, last and NaN of the rows: %s", (_name, rows) => {
  const head = decodeHead(encodeHead(encodeChunk(rows).head));
  const numbers = [...rows.value].filter((value) => !Number.isNaN(value));
  expect(head.nan).toBe(rows.count - numbers.length);
  expect(head.min === 0 ? 0 : head.min).toBe(numbers.length === 0 ? Number.NaN : Math.min(...numbers) || 0);
  expect(head.max === 0 ? 0 : head.max).toBe(numbers.length === 0 ? Number.NaN : Math.max(...numbers) || 0);
  expect(head.last).toBe(rows.value.at(-1));
  const steps = [...rows.step].filter((step) => !Number.isNaN(step));
  expect(head.axes[0]).toEqual({
    min: Math.min(...steps) || 0,
    max: Math.max(...steps) || 0,
    last: rows.step.at(-1),
    isSorted: steps.length === rows.count && steps.every((step, row) => row === 0 || step >= steps[row - 1]!),
  });
});

test("a run with a steady clock costs less than nine bytes a point, pyramid and all", () => {
  const { body } = encodeChunk(
    rowsOf((row) => ({
      step: row * 10,
      time: row * 50e6 + (row % 21) * 1e6,
      epoch: Math.floor(row / 100),
      value: Math.fround(Math.exp(-row / 1000)),
    })),
  );
  expect(body.length / COUNT).toBeLessThan(9);
});

test("the time axis is the float64 nearest to the nanoseconds", () => {
  const timeNs = 1_528_885_285_756_645_123n;
  expect(axisTimeMs(Number(timeNs >> 32n), Number(timeNs & 0xffff_ffffn))).toBe(Number(timeNs) / 1e6);
});

test.each(CASES)("sums of groups and of the chunk leave out what is not finite, and count it: %s", (_name, rows) => {
  const { head, body } = encodeChunk(rows);
  const stored = decodeHead(encodeHead(head));
  expect(stored).toMatchObject({ sum: head.sum, infinite: head.infinite });
  const groups = decodeChunk(body, stored);
  const values = [...rows.value];
  const finite = values.filter(Number.isFinite);
  expect(stored.infinite).toBe(values.length - finite.length - stored.nan);
  const scale = Math.max(...finite.map(Math.abs), 1);
  expect(Math.abs(stored.sum! - finite.reduce((sum, value) => sum + value, 0))).toBeLessThan(1e-9 * scale);
  groups.groupSum.forEach((sum, group) => {
    const inGroup = values.slice(group * 64, group * 64 + 64);
    expect(Math.abs(sum - inGroup.filter(Number.isFinite).reduce((a, b) => a + b, 0))).toBeLessThan(1e-9 * scale);
    expect(groups.groupInfinite?.[group] ?? 0).toBe(inGroup.filter((value) => Math.abs(value) === Number.POSITIVE_INFINITY).length);
  });
});

test("a sum keeps what a plain one loses, and does not overflow on the way", () => {
  const sumOf = (values: number[]) => encodeChunk(rowsOf((row) => ({ value: values[row]! }), values.length)).head.sum;
  expect(sumOf([1e100, 1, -1e100, 1])).toBe(2);
  expect(sumOf([1e16, ...Array.from({ length: 1000 }, () => 1), -1e16])).toBe(1000);
  expect(sumOf([1.7e308, 1.7e308, -1.7e308, -1.7e308, 1e300])).toBe(1e300);
  expect(sumOf([1.7e308, 1.7e308])).toBe(Number.POSITIVE_INFINITY);
  expect(sumOf([Number.NaN, Number.NEGATIVE_INFINITY])).toBe(0);
});
