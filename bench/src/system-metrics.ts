import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { TrainInstance } from "ava-sdk";
import type { Trial, TrialResult } from "./trial.js";

/** Apart enough that other work cools the caches down in between, as it does in ten seconds. */
const INTERVAL_MS = 200;
const SAMPLES = 25;
const DEFAULT_INTERVAL_MS = 10_000;
/** Ten values. */
const LEAST_SAMPLE_BYTES = 120;
/** Of one core. */
const BUDGET = 0.005;

/** @returns CPU time of this process while an instance lives that does nothing, in milliseconds */
async function measure(systemMetricsIntervalMs: number): Promise<number> {
  const workspace = mkdtempSync(join(tmpdir(), "ava-bench-"));
  // No platform listens there: shipping costs the same few tries with and without metrics.
  const ins = await TrainInstance.create({ workspace, platformUrl: "http://127.0.0.1:9", systemMetricsIntervalMs });
  // Start of the thread, and git, which is asked for facts.
  await wait(1000);
  const before = process.cpuUsage();
  await wait(SAMPLES * INTERVAL_MS);
  const { user, system } = process.cpuUsage(before);
  await ins.done();
  const folder = join(workspace, "run", ins.getTrainingInsId(), "journal");
  const journalBytes = readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  rmSync(workspace, { recursive: true });
  if (systemMetricsIntervalMs > 0 && journalBytes < SAMPLES * LEAST_SAMPLE_BYTES) throw new Error("nothing was sampled");
  return (user + system) / 1000;
}

async function run(): Promise<TrialResult> {
  const idleMs = await measure(0);
  const watchedMs = await measure(INTERVAL_MS);
  const sampleMs = (watchedMs - idleMs) / SAMPLES;
  const share = sampleMs / DEFAULT_INTERVAL_MS;
  const processes = readdirSync("/proc").filter((name) => /^\d+$/.test(name)).length;
  return {
    figures: [
      { label: "one sample", value: sampleMs, unit: "CPU ms" },
      { label: "every 10 s", value: share * 100, unit: "% of a core" },
      { label: "processes on this host", value: processes, unit: "" },
    ],
    ratios: [{ label: "0.5 % of a core / samples every 10 s", value: BUDGET / share, goal: 1 }],
  };
}

/** What the system metrics of a run cost, without the GPUs' program. Linux only. */
export const systemMetrics: Trial = { name: "system-metrics", run };
