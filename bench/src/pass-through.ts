import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Trial, TrialResult } from "./trial.js";

const LINE = "I20261122 23:39:19.471836  1949 net.cpp:228] conv1 does not need backward computation.\n";
const FILE_BYTES = 200_000_000;
const AVA_SDK = fileURLToPath(new URL("../../packages/sdk/bin/ava-sdk.js", import.meta.url));

/** Throughput of `ava-sdk run` as a pipe: journalled, parsed and passed on, beside `cat` doing nothing but the latter. */
export const passThrough: Trial = {
  name: "pass-through",
  async run(): Promise<TrialResult> {
    const folder = mkdtempSync(path.join(tmpdir(), "ava-bench-"));
    const file = path.join(folder, "log");
    writeFileSync(file, LINE.repeat(FILE_BYTES / LINE.length));
    const env = { ...process.env, AVA_WORKSPACE: folder, AVA_PLATFORM_URL: "http://127.0.0.1:9" };
    const catMs = await timeMs(`cat ${file} | cat > /dev/null`, env);
    const runMs = await timeMs(`${process.execPath} ${AVA_SDK} run -- cat ${file} | cat > /dev/null`, env);
    const startMs = await timeMs(`${process.execPath} ${AVA_SDK} run -- true`, env);
    rmSync(folder, { recursive: true });
    const megabytes = FILE_BYTES / 1e6;
    return {
      figures: [
        { label: "cat | cat", value: (megabytes / catMs) * 1000, unit: "MB/s" },
        { label: "ava-sdk run -- cat | cat", value: (megabytes / (runMs - startMs)) * 1000, unit: "MB/s" },
        { label: "ava-sdk run -- true", value: startMs, unit: "ms" },
      ],
      ratios: [{ label: "ava-sdk run / cat", value: catMs / (runMs - startMs), goal: 0.1 }],
    };
  },
};

async function timeMs(command: string, env: NodeJS.ProcessEnv): Promise<number> {
  const start = performance.now();
  await once(spawn("sh", ["-c", command], { env, stdio: ["ignore", "inherit", "inherit"] }), "close");
  return performance.now() - start;
}
