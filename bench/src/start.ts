import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "ava-platform";
import type { Trial, TrialResult } from "./trial.js";

const INSTANCES = 100_000;

/** Opens the data folder that is its argument, in a process of its own, and tells how long that took, and for what memory. */
const OPEN = `
  const { openStore } = await import("ava-platform");
  const before = process.memoryUsage().rss;
  const started = performance.now();
  const store = openStore({ dataDir: process.argv[1] });
  const openMs = performance.now() - started;
  const openBytes = process.memoryUsage().rss - before;
  const ask = async (sort) => {
    const asked = performance.now();
    await store.list({ terms: [], sort, limit: 100, lostBeforeMs: 0 });
    return performance.now() - asked;
  };
  const listMs = await ask({ field: { kind: "fact", name: "startTime" }, isDown: true });
  const byMetric = { field: { kind: "metric", figure: "last", name: "loss" }, isDown: true };
  const metricMs = await ask(byMetric);
  const again = [];
  for (let i = 0; i < 9; i++) again.push(await ask(byMetric));
  const againMs = again.sort((a, b) => a - b)[4];
  const byParam = { field: { kind: "param", key: "lr" }, isDown: true };
  const paramMs = await ask(byParam);
  const more = [];
  for (let i = 0; i < 9; i++) more.push(await ask(byParam));
  const paramAgainMs = more.sort((a, b) => a - b)[4];
  console.log(JSON.stringify({ openMs, openBytes, listMs, metricMs, againMs, paramMs, paramAgainMs }));
  await store.close();
`;

let filled: Promise<string> | undefined;

/** The start of a platform with 100,000 instances of one series each: time, memory, and the first list. */
export const start: Trial = {
  name: "start",
  async run(): Promise<TrialResult> {
    filled ??= fill();
    const folder = await filled;
    const empty = mkdtempSync(join(tmpdir(), "ava-bench-"));
    const [full, none] = [folder, empty].map(open) as [Opened, Opened];
    rmSync(empty, { recursive: true });
    return {
      figures: [
        { label: "open, 100,000 instances", value: full.openMs, unit: "ms" },
        { label: "open, no instances", value: none.openMs, unit: "ms" },
        { label: "memory of the open store, 100,000 instances", value: full.openBytes / 1e6, unit: "MB" },
        { label: "memory of the open store, no instances", value: none.openBytes / 1e6, unit: "MB" },
        { label: "first page by start", value: full.listMs, unit: "ms" },
        { label: "first page by a metric", value: full.metricMs, unit: "ms" },
        { label: "page by a metric, again", value: full.againMs, unit: "ms" },
        { label: "first page by a param", value: full.paramMs, unit: "ms" },
        { label: "page by a param, again", value: full.paramAgainMs, unit: "ms" },
      ],
      ratios: [
        { label: "a second / open", value: 1000 / full.openMs, goal: 1 },
        { label: "50 ms / page by a metric, again", value: 50 / full.againMs, goal: 1 },
      ],
    };
  },
};

interface Opened {
  openMs: number;
  openBytes: number;
  listMs: number;
  metricMs: number;
  againMs: number;
  paramMs: number;
  paramAgainMs: number;
}

function open(folder: string): Opened {
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", OPEN, folder], { encoding: "utf8" });
  return JSON.parse(output) as Opened;
}

async function fill(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "ava-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const store = openStore({ dataDir: folder });
  for (let i = 0; i < INSTANCES; i++) {
    const startTime = new Date(1_700_000_000_000 + i * 60_000).toISOString();
    await store.putFacts(`run-${i}`, {
      training: `training-${i % 20}`,
      startTime,
      state: "done",
      params: { lr: i / INSTANCES, depth: i % 50 },
    });
    await store.takeLines(`run-${i}`, Buffer.from(`loss,batch=1 value=${i % 1000} 1700000000000000000`));
  }
  await store.close();
  return folder;
}
