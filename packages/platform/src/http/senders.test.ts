import { expect, test } from "vitest";
import { Senders } from "./senders.js";

function hear(senders: Senders, runs: number, nowMs: number): number | undefined {
  let pauseMs: number | undefined;
  for (let run = 0; run < runs; run++) pauseMs = senders.heard(`run-${run}`, nowMs);
  return pauseMs;
}

test("few runs are asked for no pause, many for one that keeps them at a thousand requests a second, at most ten seconds", () => {
  expect(hear(new Senders(), 250, 0)).toBeUndefined();
  expect(hear(new Senders(), 251, 0)).toBe(251);
  expect(hear(new Senders(), 4000, 0)).toBe(4000);
  expect(hear(new Senders(), 30_000, 0)).toBe(10_000);
});

test("a run that sends again is one run; runs that ended no longer count after two windows, whatever the clock does", () => {
  const senders = new Senders();
  for (let second = 0; second < 15; second++) expect(hear(senders, 1000, second * 1000)).toBe(1000);
  expect(senders.heard("run-1", 21_000)).toBe(1000);
  expect(senders.heard("run-1", 42_000)).toBeUndefined();
  hear(senders, 1000, 50_000);
  expect(senders.heard("run-1", 100_000)).toBeUndefined();
  hear(senders, 1000, 101_000);
  expect(senders.heard("run-1", 0)).toBe(1000);
  expect(senders.heard("run-1", 20_000)).toBeUndefined();
});
