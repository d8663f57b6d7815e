// Proves that a random test which fails says how to repeat it: by the seed that it drew from.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { repositoryPath } from "../processes/paths.js";

/** Draws a number, prints it, and expects `expected` of it. */
function runTest(expected: number, env: Record<string, string>): { drawn: string | undefined; seed: string | undefined; isGreen: boolean } {
  const folder = mkdtempSync(path.join(tmpdir(), "ava-random-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  symlinkSync(repositoryPath("node_modules"), path.join(folder, "node_modules"));
  writeFileSync(
    path.join(folder, "a.test.ts"),
    `import { expect, test } from "vitest";
     import { randomOf, seedOfTest } from ${JSON.stringify(repositoryPath("tests/random.ts"))};
     test("draws", () => {
       const drawn = randomOf(seedOfTest()).below(2 ** 40);
       console.log("drawn=" + drawn);
       expect(drawn).toBe(${expected});
     });`,
  );
  const { AVA_TEST_SEED: _, ...inherited } = process.env;
  const vitest = repositoryPath("node_modules/vitest/vitest.mjs");
  const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, "run"], {
    cwd: folder,
    env: { ...inherited, ...env },
    encoding: "utf8",
  });
  const output = stdout + stderr;
  return { drawn: /drawn=(\d+)/.exec(output)?.[1], seed: /AVA_TEST_SEED=(\d+) repeats/.exec(output)?.[1], isGreen: status === 0 };
}

test("a random test that fails prints its seed, with which it draws the same again; one that passes prints none", () => {
  const failed = runTest(-1, {});
  expect(failed).toMatchObject({ drawn: expect.any(String), seed: expect.any(String), isGreen: false });
  const again = runTest(Number(failed.drawn), { AVA_TEST_SEED: String(failed.seed) });
  expect(again).toEqual({ drawn: failed.drawn, seed: undefined, isGreen: true });
});
