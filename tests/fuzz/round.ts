import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "vitest";
import { oftenCheckpointed, startPlatformProcess } from "../crash/platform-process.js";
import { fuzzPlatform, restartTwice } from "./fuzz-platform.js";

/**
 * Expects of a new platform that hostile requests get no 5xx, that it answers afterwards, and that it shows the same after a kill and after an end.
 *
 * @param options - seed of the requests, and how many
 */
export async function checkRound({ seed, requests }: { seed: number; requests: number }): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "ava-fuzz-"));
  const command = oftenCheckpointed(folder);
  const platform = await startPlatformProcess(command);
  try {
    const { failures, statuses } = await fuzzPlatform(platform, { seed, requests });
    console.log(`fuzz: AVA_TEST_SEED=${seed}, ${requests} requests, answers by status ${JSON.stringify(statuses)}`);
    // With what the platform said of them.
    expect([...failures, ...(failures.length > 0 ? [platform.errors()] : [])]).toEqual([]);
    // Else it would test nothing but the parser of HTTP.
    expect(statuses[200]).toBeGreaterThan(requests / 10);
    expect(await (await fetch(`${platform.url}/healthz`)).json()).toEqual({ status: "ok" });
    const { contents, errors } = await restartTwice(platform, command);
    expect(contents[1]).toEqual(contents[0]);
    expect(contents[2]).toEqual(contents[0]);
    expect(errors).not.toMatch(/store_damaged|checkpoint failed|^ +at /m);
  } finally {
    await platform.end("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}
