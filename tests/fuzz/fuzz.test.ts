import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { platformCommand, startPlatformProcess } from "../crash/platform-process.js";
import { seedOfTest } from "../random.js";
import { fuzzPlatform } from "./fuzz-platform.js";
import { checkRound } from "./round.js";

const TOKEN = "a-token-of-the-fuzz-test";

test("hostile requests are answered without a 5xx, and a restart shows the same as before", () =>
  checkRound({ seed: seedOfTest(), requests: 20_000 }));

test("hostile requests to a platform with a token are answered without a 5xx", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "ava-fuzz-"));
  const platform = await startPlatformProcess([...platformCommand(folder), "--token", TOKEN]);
  onTestFinished(async () => {
    await platform.end("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
  const { failures, statuses } = await fuzzPlatform(platform, {
    seed: seedOfTest(),
    requests: 4000,
    authorization: `Authorization: Bearer ${TOKEN}`,
  });
  expect(failures).toEqual([]);
  expect(statuses[200]).toBeGreaterThan(50);
  expect(statuses[401]).toBeGreaterThan(50);
  expect(await (await fetch(`${platform.url}/healthz`)).json()).toEqual({ status: "ok" });
  expect(platform.errors()).not.toMatch(/^ +at /m);
});
