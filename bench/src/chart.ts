import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore, querySeries, type Store } from "ava-platform";
import { makeBatches } from "./batches.js";
import type { Trial, TrialResult } from "./trial.js";

/** Bodies that give ten million points of `loss`. */
const BODIES = 1540;
const BODY_BYTES = 500_000;
const BUCKETS = 1000;
const REPEATS = 20;

/** A data folder with ten million points of `loss` of the instance `bench`. */
export interface Filled {
  folder: string;
  points: number;
}

let filled: Promise<Filled> | undefined;

/** A chart of ten million points in 1000 buckets, beside a scan of the same values in memory. */
export const chart: Trial = {
  name: "chart",
  async run(): Promise<TrialResult> {
    const { folder, points } = await tenMillion();
    const values = Float64Array.from({ length: points }, (_, step) => Math.fround(Math.exp(-step / 1e5) + Math.sin(step) / 10));
    const store = openStore({ dataDir: folder });
    try {
      const cold = await milliseconds(() => ask(store, 0, points - 1));
      const full = await best(() => ask(store, 0, points - 1));
      const other = await best((turn) => ask(store, turn, points - 1 - 3 * turn));
      const start = Math.floor(points / 2);
      const end = start + Math.floor(points / 100);
      const zoom = await best((turn) => ask(store, start + turn, end - 1 - turn));
      const fullScan = await best(() => scan(values, 0, points));
      const zoomScan = await best(() => scan(values, start, end));
      return {
        figures: [
          { label: `points`, value: points / 1e6, unit: "M" },
          { label: "bytes a point (3 series), all of store.db", value: statSync(join(folder, "store.db")).size / points / 3, unit: "B" },
          { label: "whole run, store just opened", value: cold, unit: "ms" },
          { label: "whole run, again", value: full, unit: "ms" },
          { label: "whole run but for some points, not asked before", value: other, unit: "ms" },
          { label: "one hundredth of it, not asked before", value: zoom, unit: "ms" },
          { label: "scan of all values in memory", value: fullScan, unit: "ms" },
          { label: "scan of a hundredth in memory", value: zoomScan, unit: "ms" },
        ],
        ratios: [
          { label: "scan / whole run", value: fullScan / full, goal: 100 },
          { label: "scan / whole run, store just opened", value: fullScan / cold, goal: 5 },
          { label: "scan of a hundredth / zoom", value: zoomScan / zoom, goal: 0.4 },
        ],
      };
    } finally {
      await store.close();
    }
  },
};

/** @returns the folder, made once; it is removed at the end */
export function tenMillion(): Promise<Filled> {
  filled ??= fill();
  return filled;
}

async function fill(): Promise<Filled> {
  const folder = mkdtempSync(join(tmpdir(), "ava-bench-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const store = openStore({ dataDir: folder });
  const { bodies, points } = makeBatches("bench-writer", BODIES, BODY_BYTES);
  for (const body of bodies) await store.takeRecords("bench", body);
  await store.close();
  return { folder, points: points / 3 };
}

async function ask(store: Store, from: number, to: number): Promise<void> {
  const answer = await querySeries(store, "bench", { name: "loss", labels: undefined, axis: "step", from, to, buckets: BUCKETS });
  if (answer.x.length !== BUCKETS) throw new Error(`${answer.x.length} buckets`);
}

function scan(values: Float64Array, start: number, end: number): number {
  let spread = 0;
  const perBucket = (end - start) / BUCKETS;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    const until = Math.floor(start + (bucket + 1) * perBucket);
    for (let i = Math.floor(start + bucket * perBucket); i < until; i++) {
      const value = values[i]!;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    spread += max - min;
  }
  return spread;
}

async function best(work: (turn: number) => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let turn = 1; turn <= REPEATS; turn++) least = Math.min(least, await milliseconds(() => work(turn)));
  return least;
}

async function milliseconds(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
