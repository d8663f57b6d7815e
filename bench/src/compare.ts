import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore, startPlatform } from "ava-platform";
import { makeBatches } from "./batches.js";
import type { Trial, TrialResult } from "./trial.js";

const INSTANCES = 100;
const BUCKETS = 1000;
/** About 20,000 points of each series. */
const BODIES = 3;
const BODY_BYTES = 500_000;
const REPEATS = 10;

let filled: Promise<string> | undefined;

/** One question of a comparison: a series of 100 instances in 1000 buckets, over loopback, as JSON and with binary columns. */
export const compare: Trial = {
  name: "compare",
  async run(): Promise<TrialResult> {
    filled ??= fill();
    const platform = await startPlatform({ port: 0, dataDir: await filled });
    try {
      const json = await ask(platform.url, "application/json");
      const binary = await ask(platform.url, "application/x-ava-columns");
      return {
        figures: [
          { label: "100 series by 1000 buckets as JSON", value: json.milliseconds, unit: "ms" },
          { label: "the same with binary columns", value: binary.milliseconds, unit: "ms" },
          { label: "bytes of the JSON", value: json.bytes / 1e6, unit: "MB" },
          { label: "bytes with binary columns", value: binary.bytes / 1e6, unit: "MB" },
        ],
        ratios: [{ label: "JSON / binary columns", value: json.milliseconds / binary.milliseconds, goal: 2 }],
      };
    } finally {
      await platform.close();
    }
  },
};

async function fill(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "ava-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const store = openStore({ dataDir: folder });
  const { bodies } = makeBatches("bench-writer", BODIES, BODY_BYTES);
  for (let i = 0; i < INSTANCES; i++) for (const body of bodies) await store.takeRecords(`run-${i}`, body);
  await store.close();
  return folder;
}

/** @returns the shortest time from the question to the last byte of the answer */
async function ask(url: string, accept: string): Promise<{ milliseconds: number; bytes: number }> {
  const series = Array.from({ length: INSTANCES }, (_, i) => ({ instance: `run-${i}`, name: "loss" }));
  const headers = { "content-type": "application/json", accept, "accept-encoding": "identity" };
  const question = { method: "POST", headers, body: JSON.stringify({ series, buckets: BUCKETS }) };
  let milliseconds = Number.POSITIVE_INFINITY;
  let bytes = 0;
  for (let i = 0; i < REPEATS; i++) {
    const started = performance.now();
    bytes = (await (await fetch(`${url}/v1/series/query`, question)).arrayBuffer()).byteLength;
    milliseconds = Math.min(milliseconds, performance.now() - started);
  }
  return { milliseconds, bytes };
}
