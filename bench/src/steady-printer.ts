import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Trial, TrialResult } from "./trial.js";

const AVA_SDK = fileURLToPath(new URL("../../packages/sdk/bin/ava-sdk.js", import.meta.url));
const LINES_PER_S = 10_000;
const SECONDS = 3;

/** Prints a hundred lines every 10 ms and notes how long it took to print all. Arguments: seconds, file of the note. */
const PRINTER = `
const { writeFileSync, writeSync } = require("node:fs");
const start = performance.now();
let step = 0;
const timer = setInterval(() => {
  const due = Math.min((performance.now() - start) / 1000, Number(process.argv[1])) * ${LINES_PER_S};
  let lines = "";
  for (; step < due; step += 1) lines += "step " + step + " loss " + (1 / (1 + step)).toFixed(6) + " lr 0.001\\n";
  for (let left = Buffer.from(lines); left.length > 0; ) left = left.subarray(writeSync(1, left));
  if (due < Number(process.argv[1]) * ${LINES_PER_S}) return;
  clearInterval(timer);
  writeFileSync(process.argv[2], String(performance.now() - start));
}, 10);`;

/** A program that prints 10,000 lines a second with metrics, under `ava-sdk run` and under `cat`. */
export const steadyPrinter: Trial = {
  name: "steady-printer",
  async run(): Promise<TrialResult> {
    const folder = mkdtempSync(path.join(tmpdir(), "ava-bench-"));
    const file = path.join(folder, "ms");
    const timeMs = async (script: string): Promise<number> => {
      const env = { ...process.env, AVA_WORKSPACE: folder, AVA_PLATFORM_URL: "http://127.0.0.1:9" };
      await once(spawn("sh", ["-c", script], { env, stdio: ["ignore", "inherit", "inherit"] }), "close");
      return Number(readFileSync(file, "utf8"));
    };
    const command = [process.execPath, "-e", PRINTER, String(SECONDS), file].map((word) => `'${word}'`).join(" ");
    const catMs = await timeMs(`${command} | cat > /dev/null`);
    const runMs = await timeMs(`${process.execPath} ${AVA_SDK} run -- ${command} | cat > /dev/null`);
    rmSync(folder, { recursive: true });
    return {
      figures: [
        { label: "the program, under cat", value: catMs, unit: "ms" },
        { label: "the program, under ava-sdk run", value: runMs, unit: "ms" },
      ],
      ratios: [{ label: "under cat / under ava-sdk run", value: catMs / runMs, goal: 0.98 }],
    };
  },
};
