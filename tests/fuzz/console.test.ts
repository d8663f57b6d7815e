import { expect, test } from "vitest";
import { seedOfTest } from "../random.js";
import { CATASTROPHIC, checkConsole } from "./console-round.js";
import { streamConsole } from "./console-stream.js";

const MEGABYTE = 1_000_000;
/** For a process on a machine that is busy with much else; alone it takes seconds. */
const LIMIT_MS = 600_000;

test("hostile console output never fails a parser, and tells the same however it is cut", () =>
  checkConsole({ seed: seedOfTest(), runs: 300, limitMs: 8000 }));

test("a long stream of ever new lines keeps the heap bounded", { timeout: LIMIT_MS }, () => {
  const { heapBytes, values } = streamConsole({ megabytes: 20, metrics: [], limitMs: LIMIT_MS });
  expect(values).toBeGreaterThan(1000);
  expect(Math.max(...heapBytes)).toBeLessThan(40 * MEGABYTE);
});

test("regexes that never come to an end do not hold up the reading", { timeout: LIMIT_MS }, () => {
  const { values, disabled } = streamConsole({ megabytes: 0.5, metrics: CATASTROPHIC, limitMs: LIMIT_MS });
  expect(disabled).toBeGreaterThan(0);
  expect(values).toBeGreaterThan(100);
});
