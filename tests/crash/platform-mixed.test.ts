import { test } from "vitest";
import { killAtRandom } from "./mixed-kills.js";

const seed = Number(process.env["AVA_TEST_SEED"] ?? Date.now() % 1_000_000);

test(`killed while requests with and without bodies come in random order, everything acknowledged is there once (AVA_TEST_SEED=${seed})`, () =>
  killAtRandom(12, seed));
