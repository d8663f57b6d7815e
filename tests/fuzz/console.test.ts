import { expect, test } from "vitest";
import { seedOfTest } from "../random.js";
import { CATASTROPHIC, checkConsole } from "./console-round.js";
import { streamConsole } from "./console-stream.js";

const MEGABYTE = 1_000_000;

test("hostile console output never fails a parser, and tells the same however it is cut", () =>
  checkConsole({ seed: seedOfTest(), runs: 300, limitMs: 8000 }));

test("a long stream of ever new lines keeps the heap bounded", () => {
  const { heapBytes, values } = streamConsole({ megabytes: 20, metrics: [], limitMs: 60_000 });
  expect(values).toBeGreaterThan(1000);
  expect(Math.max(...heapBytes)).toBeLessThan(40 * MEGABYTE);
});

test("regexes that never come to an end do not hold up the reading", () => {
  const { values, disabled } = streamConsole({ megabytes: 0.5, metrics: CATASTROPHIC, limitMs: 60_000 });
  expect(disabled).toBeGreaterThan(0);
  expect(values).toBeGreaterThan(100);
});
