import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { measure, metricsBy, type Reader } from "./console-reading.js";
import { manyTrainers, progressBars, tracebacks } from "./trainer-output.js";
import type { Figure, Ratio, Trial, TrialResult } from "./trial.js";

const GOAL_MB_PER_S = 150;

/** Katib's default: `NAME=NUMBER` anywhere; no steps, no epochs. */
const readlineAndRegex: Reader = async (stream) => {
  const pair = /([\w|-]+)\s*=\s*([+-]?\d*(\.\d+)?([Ee][+-]?\d+)?)/g;
  let metrics: { name: string; value: number }[] = [];
  let values = 0;
  const lines = createInterface({ input: stream, crlfDelay: Infinity });
  lines.on("line", (line) => {
    for (const [, name = "", value = ""] of line.matchAll(pair)) metrics.push({ name, value: Number(value) });
    if (metrics.length < 1000) return;
    values += metrics.length;
    metrics = [];
  });
  await once(lines, "close");
  return values + metrics.length;
};

/** Output of unknown trainers through a pipe into metrics, as `ava-sdk run` reads it where no parser is named, beside the regex that Katib finds metrics with. */
export const parseAuto: Trial = {
  name: "parse-auto",
  async run(): Promise<TrialResult> {
    const folder = mkdtempSync(path.join(tmpdir(), "ava-bench-"));
    const figures: Figure[] = [];
    const ratios: Ratio[] = [];
    for (const [kind, text] of [
      ["progress bars", progressBars()],
      ["tracebacks", tracebacks()],
      ["many trainers", manyTrainers()],
    ] as const) {
      const file = path.join(folder, "log");
      writeFileSync(file, text);
      const parsed = await measure(file, metricsBy("auto"));
      const matched = await measure(file, readlineAndRegex);
      if (parsed.found > 0 !== (kind !== "tracebacks")) throw new Error(`${parsed.found} values were read out of ${kind}`);
      figures.push(
        { label: `${kind}, parsed`, value: parsed.megabytesPerSecond, unit: "MB/CPU s" },
        { label: `${kind}, readline + 1 regex`, value: matched.megabytesPerSecond, unit: "MB/CPU s" },
      );
      ratios.push(
        { label: `${kind}: parsed / ${GOAL_MB_PER_S} MB/CPU s`, value: parsed.megabytesPerSecond / GOAL_MB_PER_S, goal: 1 },
        { label: `${kind}: parsed / readline + 1 regex`, value: parsed.megabytesPerSecond / matched.megabytesPerSecond, goal: 1 },
      );
    }
    rmSync(folder, { recursive: true });
    return { figures, ratios };
  },
};
