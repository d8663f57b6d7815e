import { expect, test } from "vitest";
import { seedOfTest } from "../random.js";
import { checkRound } from "./round.js";

/** How long to go on, in minutes. */
const MINUTES = Number(process.env["AVA_FUZZ_MINUTES"] ?? 10);

test(`${MINUTES} minutes of hostile requests, a new platform for each seed`, async () => {
  const endMs = Date.now() + MINUTES * 60_000;
  const first = seedOfTest();
  let seed = first;
  for (; Date.now() < endMs; seed++) await checkRound({ seed, requests: 30_000 });
  expect(seed).toBeGreaterThan(first);
});
