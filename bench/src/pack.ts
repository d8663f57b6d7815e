import { spawnSync } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { compress } from "ava-sdk/utils";
import type { Figure, Ratio, Trial, TrialResult } from "./trial.js";

const WEIGHT_BYTES = 184_000_000;
const LOG_BYTES = 12_000_000;

/** Packing of a 196 MB snapshot, weights and a log, as snapshots are, beside the usual programs where they are installed. */
export const pack: Trial = {
  name: "pack",
  async run(): Promise<TrialResult> {
    const folder = mkdtempSync(path.join(tmpdir(), "ava-bench-"));
    const files = writeSnapshot(folder);
    const figures: Figure[] = [];
    const rate = async (label: string, work: () => unknown): Promise<number> => {
      const start = performance.now();
      await work();
      const value = (WEIGHT_BYTES + LOG_BYTES) / 1e3 / (performance.now() - start);
      figures.push({ label, value, unit: "MB/s" });
      return value;
    };
    const ours = await rate("tar.gz, level 1", () => compress.tarFiles(files, path.join(folder, "own.tar.gz"), { level: 1 }));
    const ratios: Ratio[] = [];
    if (hasProgram("pigz")) {
      const pigz = await rate("tar | pigz -1", () => shell(`tar -c -C ${folder} weights log | pigz -1 > ${folder}/pigz.tar.gz`));
      ratios.push({ label: "tar.gz / pigz", value: ours / pigz, goal: 1 });
    }
    const gzip = await rate("tar | gzip -1", () => shell(`tar -c -C ${folder} weights log | gzip -1 > ${folder}/gzip.tar.gz`));
    ratios.push({ label: "tar.gz / gzip", value: ours / gzip, goal: 2 });
    if (compress.hasZstd()) await rate("tar.zst", () => compress.tarFiles(files, path.join(folder, "own.tar.zst"), { zstd: true }));
    rmSync(folder, { recursive: true });
    return { figures, ratios };
  },
};

/** Gaussian-like float32 weights, which compress by about a tenth, and a log, which compresses well. */
function writeSnapshot(folder: string): string[] {
  const noise = new Uint16Array(WEIGHT_BYTES / 4);
  const weights = new Float32Array(noise.length);
  randomFillSync(noise);
  for (let i = 0; i < weights.length; i++) weights[i] = ((noise[i] as number) - 32_768) / 1e6;
  const files = [path.join(folder, "weights"), path.join(folder, "log")] as const;
  writeFileSync(files[0], weights);
  const line = "I20261122 23:39:19.471836  1949 solver.cpp:239] Iteration 0 (0.0 iter/s, 0.367s/50 iters), loss = 2.36361\n";
  writeFileSync(files[1], line.repeat(LOG_BYTES / line.length));
  return [...files];
}

function hasProgram(name: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${name}`]).status === 0;
}

function shell(command: string): void {
  const { status } = spawnSync("sh", ["-c", command]);
  if (status !== 0) throw new Error(`${command} ended with ${status}`);
}
