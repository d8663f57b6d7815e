import { expect, test } from "vitest";
import { seedOfRun } from "./random.js";
import { checkRound } from "./round.js";

/** How long to go on, in minutes. */
const MINUTES = Number(process.env["AVA_FUZZ_MINUTES"] ?? 10);

test(`${MINUTES} minutes of hostile requests, a new platform for each seed from ${seedOfRun()}`, async () => {
  const endMs = Date.now() + MINUTES * 60_000;
  let seed = seedOfRun();
  for (; Date.now() < endMs; seed++) await checkRound({ seed, requests: 30_000 });
  expect(seed).toBeGreaterThan(seedOfRun());
});
