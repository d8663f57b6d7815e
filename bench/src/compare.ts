import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "ava-platform";
import { makeBatches } from "./batches.js";
import { processorSeconds } from "./scale/processor.js";
import { Replica } from "./scale/replica.js";
import type { Trial, TrialResult } from "./trial.js";

const INSTANCES = 100;
const BUCKETS = 1000;
/** About 20,000 points of each series. */
const BODIES = 3;
const BODY_BYTES = 500_000;
const REPEATS = 20;
/** Questions before those that count. */
const FIRST = 5;

let filled: Promise<string> | undefined;

/** One question of a comparison: a series of 100 instances in 1000 buckets, over loopback, as JSON and with binary columns (which the portal asks for). */
export const compare: Trial = {
  name: "compare",
  async run(): Promise<TrialResult> {
    filled ??= fill();
    // In a process of its own, whose processor time is its alone; the last folder that is named counts.
    const platform = await Replica.start("--data", await filled);
    try {
      const json = await ask(platform, "application/json");
      const binary = await ask(platform, "application/x-ava-columns");
      return {
        figures: [
          { label: "100 series by 1000 buckets as JSON", value: json.milliseconds, unit: "ms" },
          { label: "the same with binary columns", value: binary.milliseconds, unit: "ms" },
          { label: "the platform's processor time, JSON", value: json.processorMs, unit: "ms" },
          { label: "the same with binary columns", value: binary.processorMs, unit: "ms" },
          { label: "bytes of the JSON", value: json.bytes / 1e6, unit: "MB" },
          { label: "bytes with binary columns", value: binary.bytes / 1e6, unit: "MB" },
        ],
        ratios: [
          { label: "JSON / binary columns", value: json.milliseconds / binary.milliseconds, goal: 2 },
          { label: "30 ms / processor time with binary columns", value: 30 / binary.processorMs, goal: 1 },
        ],
      };
    } finally {
      await platform.stop();
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

interface Cost {
  /** The shortest from the question to the last byte of the answer. */
  milliseconds: number;
  /** Of the platform, a question. */
  processorMs: number;
  bytes: number;
}

async function ask(platform: Replica, accept: string): Promise<Cost> {
  const series = Array.from({ length: INSTANCES }, (_, i) => ({ instance: `run-${i}`, name: "loss" }));
  const headers = { "content-type": "application/json", accept, "accept-encoding": "identity" };
  const question = { method: "POST", headers, body: JSON.stringify({ series, buckets: BUCKETS }) };
  const cost = { milliseconds: Number.POSITIVE_INFINITY, processorMs: 0, bytes: 0 };
  let before = 0;
  for (let i = -FIRST; i < REPEATS; i++) {
    if (i === 0) before = processorSeconds(platform.pid);
    const started = performance.now();
    cost.bytes = (await (await fetch(`${platform.url}/v1/series/query`, question)).arrayBuffer()).byteLength;
    cost.milliseconds = Math.min(cost.milliseconds, performance.now() - started);
  }
  return { ...cost, processorMs: ((processorSeconds(platform.pid) - before) * 1000) / REPEATS };
}
