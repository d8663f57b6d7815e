import { test } from "vitest";
import { killAtRandom } from "./mixed-kills.js";

const seed = Number(process.env["AVA_TEST_SEED"] ?? Date.now() % 1_000_000);

test.each([0, 1, 2])(`killed 200 times under mixed requests (AVA_TEST_SEED=${seed}, and %i)`, (more) => killAtRandom(200, seed + more));
