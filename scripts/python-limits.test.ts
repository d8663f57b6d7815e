import { readFileSync } from "node:fs";
import { ID_PATTERN, LIMITS } from "ava-protocol";
import { expect, test } from "vitest";
import { pythonLimits } from "./python-limits-text.mjs";

test("python/ava/limits.py has the limits of ava-protocol: node scripts/python-limits.mjs writes it", () => {
  expect(readFileSync(new URL("../python/ava/limits.py", import.meta.url), "utf8")).toBe(pythonLimits(LIMITS, ID_PATTERN));
});
