import { expect, test } from "vitest";
import { decodeChartColumns, encodeChartColumns } from "./chart-columns.js";
import type { ChartSeriesAnswer } from "./series.js";

const facts = { index: 0, instance: "a", name: "损失", labels: {}, version: 3, axis: "step", from: 0, to: "NaN", bucketWidth: 0 } as const;
const f64 = (...values: number[]): Float64Array => Float64Array.from(values);
const error = { index: 1, instance: "b", name: "loss", error: { code: "not_found", message: "There is no instance b." } } as const;

test("columns come back bit by bit: points by place and value, buckets whole", () => {
  const raw = { ...facts, raw: true } as unknown as ChartSeriesAnswer;
  const bucketed = { ...facts, raw: false, bucketWidth: 0.5 } as unknown as ChartSeriesAnswer;
  const value = f64(0.1, Number.NaN, -Infinity);
  const points = {
    x: f64(1, -0, 1e300),
    last: value,
    min: value,
    max: value,
    mean: f64(0.1, Number.NaN, Number.NaN),
    count: f64(1, 1, 1),
    nan: f64(0, 1, 0),
  };
  const buckets = {
    x: f64(1, 2),
    last: f64(3, 4),
    min: f64(1, 2),
    max: f64(5, Infinity),
    mean: f64(2, 3),
    count: f64(9, 2 ** 40),
    nan: f64(0, 0),
  };
  const some = { ...buckets, nan: f64(0, 2) };
  const bytes = encodeChartColumns([
    { facts: raw, columns: points },
    { error },
    { facts: bucketed, columns: buckets },
    { facts: bucketed, columns: some },
  ]);
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  for (const given of [bytes, shifted.subarray(3)]) {
    expect(decodeChartColumns(given)).toEqual([{ ...raw, ...points }, error, { ...bucketed, ...buckets }, { ...bucketed, ...some }]);
  }
  expect(bytes.length % 8).toBe(0);
});

test("bytes that are something else, or cut, are refused", () => {
  const bytes = encodeChartColumns([
    { facts: { ...facts, raw: true } as unknown as ChartSeriesAnswer, columns: { x: f64(1), last: f64(1) } as never },
  ]);
  for (const end of [0, 8, 40, bytes.length - 1]) expect(() => decodeChartColumns(bytes.subarray(0, end))).toThrow(/columns/);
  expect(() => decodeChartColumns(new TextEncoder().encode('{"error":{"code":"bad_request"}}'))).toThrow("not one of columns");
});
