import { expect, test } from "vitest";
import { formatBytes, formatQuantity, formatStep, formatTick, formatValue } from "./format-number.js";

test.each([
  [0, "0"],
  [0.5, "0.5"],
  [0.123456, "0.1235"],
  [-0.25, "−0.25"],
  [100, "100"],
  [1234.5678, "1,234.57"],
  [123456, "123,456"],
  [1e-5, "1e−5"],
  [2.34567e9, "2.346e9"],
  [4.28e-10, "4.28e−10"],
  [5e20, "5e20"],
  [100.5, "100.5"],
  [Number.NaN, "NaN"],
  [-Infinity, "−∞"],
])("value %d reads %s", (value, text) => {
  expect(formatValue(value)).toBe(text);
});

test.each([
  [1500, 500, "1500"],
  [15000, 5000, "15k"],
  [12500, 2500, "12.5k"],
  [2_500_000, 500_000, "2.5M"],
  [0.02, 0.01, "0.02"],
  [0.3, 0.1, "0.3"],
  [200, 100, "200"],
  [0.00001, 0, "1e−5"],
  [50, 0, "50"],
  [1e15, 2e11, "1e15"],
  [1.0002e15, 2e11, "1.0002e15"],
  [1.0004e15, 2e11, "1.0004e15"],
])("tick %d at distance %d reads %s", (value, increment, text) => {
  expect(formatTick(value, increment)).toBe(text);
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1400, "1.4 kB"],
  [1_000_000, "1 MB"],
  [123_456_789, "123 MB"],
])("%d bytes read %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [7.118e10, "71.18 GB"],
  [999, "999 B"],
  [999_960, "1 MB"],
  [-1500, "−1.5 kB"],
  [Number.NaN, "NaN"],
])("%d of a series of bytes reads %s", (value, text) => {
  expect(formatQuantity(value, "bytes")).toBe(text);
});

test("ticks of bytes have a unit and no more digits than their distance calls for", () => {
  expect([0, 5e8, 1e9, 1.5e9].map((at) => formatTick(at, 5e8, "bytes"))).toEqual(["0", "500 MB", "1 GB", "1.5 GB"]);
});

test.each([
  [5_432_101, "5,432,101"],
  [6_992_187.5, "6,992,187.5"],
  [-6_992_187.504, "-6,992,187.5"],
  [0, "0"],
  [0.25, "0.25"],
  [-3, "-3"],
  [2 ** 60, "1.153e18"],
])("step %d reads %s", (step, text) => {
  expect(formatStep(step)).toBe(text);
});

test("places within a log of a gigabyte differ", () => {
  expect([1_024_040_000, 1_024_371_234, 512, 17_250].map((bytes) => formatBytes(bytes, 6))).toEqual([
    "1.02404 GB",
    "1.02437 GB",
    "512 B",
    "17.25 kB",
  ]);
});
