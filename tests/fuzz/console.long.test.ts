import { expect, test } from "vitest";
import { seedOfTest } from "../random.js";
import { checkConsole } from "./console-round.js";
import { streamConsole } from "./console-stream.js";

/** How long to go on, in minutes. */
const MINUTES = Number(process.env["AVA_FUZZ_MINUTES"] ?? 10);
const ROUND_MS = 20_000;

test(`${MINUTES} minutes of hostile console output fail no parser and are told the same however they are cut`, () => {
  const endMs = Date.now() + MINUTES * 60_000;
  const first = seedOfTest();
  let seed = first;
  for (; Date.now() < endMs; seed += 1) {
    console.log(`fuzz: AVA_TEST_SEED=${seed}`);
    checkConsole({ seed, runs: 1_000_000, limitMs: Math.min(ROUND_MS, endMs - Date.now()) });
  }
  expect(seed).toBeGreaterThan(first);
});

test("the heap is as large after a gigabyte of ever new lines as after a tenth of it", () => {
  const { heapBytes } = streamConsole({ megabytes: 1000, metrics: [], limitMs: 2_400_000 });
  const [first = 0] = heapBytes;
  expect(Math.max(...heapBytes) - first).toBeLessThan(50_000_000);
});
