import { spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { measure, metricsBy, type Reader, sink } from "./console-reading.js";
import type { Figure, Ratio, Trial, TrialResult } from "./trial.js";

const SCRIPT = fileURLToPath(new URL("../python/parse_log.py", import.meta.url));
const FIXTURES = new URL("../../packages/sdk/src/console/parsers/caffe/fixtures/", import.meta.url);

/** What one would write first: no times, no events, no names with ` = `, no test outputs of their own iteration. */
async function readlineAndRegexes(stream: Readable): Promise<number> {
  const iteration = /Iteration (\d+)(?: \(.*\))?, (loss|lr) = ([-+.\w]+)/;
  const output = /(Train|Test) net output #(\d+): (\S+) = ([-+.\w]+)/;
  let metrics: { name: string; step: number; value: number }[] = [];
  let step = 0;
  let values = 0;
  const lines = createInterface({ input: stream, crlfDelay: Infinity });
  lines.on("line", (line) => {
    const counted = iteration.exec(line);
    const named = output.exec(line);
    if (counted !== null) step = Number(counted[1]);
    if (counted !== null) metrics.push({ name: counted[2] ?? "", step, value: Number(counted[3]) });
    if (named !== null) metrics.push({ name: `${named[1]}/${named[3]}`, step, value: Number(named[4]) });
    if (metrics.length < 1000) return;
    values += metrics.length;
    metrics = [];
  });
  await new Promise((resolve) => lines.once("close", resolve));
  return values + metrics.length;
}

async function speed(log: string, reader: Reader): Promise<number> {
  const { megabytesPerSecond, found } = await measure(fileURLToPath(new URL(log, FIXTURES)), reader);
  if (found === 0) throw new Error(`nothing was read out of ${log}`);
  return megabytesPerSecond;
}

/** @returns megabytes for a second of Python's CPU time; NaN where there is no Python */
function scriptSpeed(log: string): number {
  const { error, stdout } = spawnSync("python3", [SCRIPT, fileURLToPath(new URL(log, FIXTURES))], { encoding: "utf8" });
  if (error === undefined) return (JSON.parse(stdout) as { megabytesPerSecond: number }).megabytesPerSecond;
  process.stderr.write(`parse-caffe: parse_log.py NOT MEASURED: ${error.message}\n`);
  return Number.NaN;
}

async function run(): Promise<TrialResult> {
  const figures: Figure[] = [];
  const ratios: Ratio[] = [];
  for (const [kind, log] of [
    ["usual log", "lenet-plain.log"],
    ["dense log", "nan-euclidean.log"],
  ] as const) {
    const parsed = await speed(log, metricsBy("caffe"));
    const swallowed = await speed(log, sink);
    const naive = await speed(log, readlineAndRegexes);
    const script = scriptSpeed(log);
    figures.push(
      { label: `${kind}, parsed`, value: parsed, unit: "MB/CPU s" },
      { label: `${kind}, pipe sink`, value: swallowed, unit: "MB/CPU s" },
      { label: `${kind}, readline + 2 regexes`, value: naive, unit: "MB/CPU s" },
      { label: `${kind}, algorithm of parse_log.py`, value: script, unit: "MB/CPU s" },
    );
    ratios.push(
      { label: `${kind}: parsed / pipe sink`, value: parsed / swallowed, goal: 0.45 },
      { label: `${kind}: parsed / readline + 2 regexes`, value: parsed / naive, goal: 2.3 },
    );
  }
  return { figures, ratios };
}

/** Caffe logs through a pipe into metrics, against reading them away and against readline. */
export const parseCaffe: Trial = { name: "parse-caffe", run };
