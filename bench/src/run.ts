import { chart } from "./chart.js";
import { compare } from "./compare.js";
import { download } from "./download.js";
import { ingest } from "./ingest.js";
import { logCost } from "./log-cost.js";
import { logHandler } from "./log-handler.js";
import { pack } from "./pack.js";
import { parseAuto } from "./parse-auto.js";
import { parseCaffe } from "./parse-caffe.js";
import { passThrough } from "./pass-through.js";
import { portal } from "./portal.js";
import { portalZoom } from "./portal-zoom.js";
import { pythonLogCost } from "./python-log-cost.js";
import { reparse } from "./reparse.js";
import { start } from "./start.js";
import { steadyPrinter } from "./steady-printer.js";
import { systemMetrics } from "./system-metrics.js";
import { tap } from "./tap.js";
import type { Trial, TrialResult } from "./trial.js";
import { upload } from "./upload.js";

const TRIALS: readonly Trial[] = [
  pack,
  logCost,
  logHandler,
  pythonLogCost,
  passThrough,
  steadyPrinter,
  parseCaffe,
  parseAuto,
  reparse,
  ingest,
  chart,
  compare,
  portalZoom,
  start,
  portal,
  systemMetrics,
  tap,
  download,
  upload,
];
const RUNS = 5;

/** Runs the trials named on the command line (default all) in turn and prints medians; a run before the first warms the compiler up. */
async function main(names: readonly string[]): Promise<void> {
  const trials = TRIALS.filter(({ name }) => names.length === 0 || names.includes(name));
  if (trials.length === 0) throw new Error(`no such trial; known are ${TRIALS.map(({ name }) => name).join(", ")}`);
  const results = new Map<Trial, TrialResult[]>(trials.map((trial) => [trial, []]));
  if (names.length === 0) process.stderr.write("bench: all trials take about ten minutes; npm run bench -- NAME... runs some of them\n");
  for (let round = 0; round <= RUNS; round += 1) {
    for (const trial of trials) {
      process.stderr.write(`bench: round ${round} of ${RUNS}${round === 0 ? " (warms up, not counted)" : ""}: ${trial.name}\n`);
      const result = await trial.run();
      if (round > 0) results.get(trial)?.push(result);
    }
  }
  for (const [trial, runs] of results) process.stdout.write(tableOf(trial.name, runs));
}

function tableOf(name: string, runs: readonly TrialResult[]): string {
  const [first] = runs;
  const figures = first?.figures.map(({ label, unit }, index) => {
    const value = median(runs.map((run) => run.figures[index]?.value ?? Number.NaN));
    return `  ${label.padEnd(44)} ${value.toPrecision(4).padStart(9)} ${unit}`;
  });
  const ratios = first?.ratios.map(({ label, goal }, index) => {
    const value = median(runs.map((run) => run.ratios[index]?.value ?? Number.NaN));
    return `  ${label.padEnd(44)} ${value.toFixed(2).padStart(9)}   goal ${goal}  ${value >= goal ? "met" : "MISSED"}`;
  });
  return [`${name} (medians of ${runs.length} runs)`, ...(figures ?? []), ...(ratios ?? []), ""].join("\n");
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

await main(process.argv.slice(2));
