import { expect, test } from "vitest";
import { looseNumber } from "./number.js";

test.each([
  ["0.5", 0.5],
  ["-1.5e-3", -1.5e-3],
  ["'0.6939'", 0.6939],
  ["97.2%", 97.2],
  ["12ms", 12],
  ["3.5 GB", 3.5],
  ["1.5k", 1.5],
  ["144.05it/s", 144.05],
  ["0.5,", 0.5],
  ["0.5)", 0.5],
  ["0.5]", 0.5],
  ["0.5.", 0.5],
  ["10/100", 10],
  ["1,234", 1234],
  ["1,234,567.5", 1234567.5],
  ["-12,345", -12345],
  ["0,123", 0.123],
  ["0,5", 0.5],
  ["-12,34", -12.34],
  ["1,5e-3", 1.5e-3],
  ["1.234,5", 1234.5],
  ["\u22120.5", -0.5],
  ["nan", Number.NaN],
  ["-nan", Number.NaN],
  ["nan(ind)", Number.NaN],
  ["1.#QNAN", Number.NaN],
  ["inf", Number.POSITIVE_INFINITY],
  ["-Infinity,", Number.NEGATIVE_INFINITY],
])("%j is %d", (text, value) => {
  expect(looseNumber(text)).toBe(value);
});

test.each([
  "1_000",
  "1'234",
  "0x1F",
  "1e",
  "infinity_war",
  "nano",
  "12:30",
  "1.2.3",
  "2024-01-02",
  "1,2,3",
  "1,23,456",
  "5th",
  "3d_conv",
  "abc",
  "",
])("%j is not a number", (text) => {
  expect(looseNumber(text)).toBeUndefined();
});
