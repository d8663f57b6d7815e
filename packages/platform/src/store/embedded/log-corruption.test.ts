import { test } from "vitest";
import { openCorrupted } from "../../testing/corrupted-log.js";

const seed = Number(process.env["AVA_TEST_SEED"] ?? Date.now() % 1_000_000);

test(`of a log that is damaged anywhere, what is whole is kept and what is lost is told (AVA_TEST_SEED=${seed})`, () =>
  openCorrupted(100, seed));
