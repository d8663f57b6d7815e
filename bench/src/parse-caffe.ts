import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { createParsers, MetricReader } from "ava-sdk/parsers";
import type { Figure, Ratio, Trial, TrialResult } from "./trial.js";

const BYTES = 100_000_000;
const FIXTURES = new URL("../../packages/sdk/src/console/parsers/caffe/fixtures/", import.meta.url);

/** Prints a file over and over, as fast as the pipe takes it. Arguments: file, bytes. */
const PRINTER = `
const { readFileSync, writeSync } = require("node:fs");
const log = readFileSync(process.argv[1]);
const block = Buffer.concat(Array(Math.ceil(1e6 / log.length)).fill(log));
for (let left = Number(process.argv[2]); left > 0; left -= block.length) {
  for (let at = 0; at < block.length; ) at += writeSync(1, block, at);
}`;

/** Reads the stream to its end; returns how much it found, so that none can win by finding nothing. */
type Reader = (stream: Readable) => Promise<number>;

async function sink(stream: Readable): Promise<number> {
  let bytes = 0;
  for await (const chunk of stream) bytes += (chunk as Buffer).length;
  return bytes;
}

async function readMetrics(stream: Readable): Promise<number> {
  let values = 0;
  const reader = new MetricReader(createParsers({ parser: "caffe" }, { referenceTimeMs: Date.now() }), (problem) => {
    throw new Error(problem.message);
  });
  stream.on("data", (chunk: Buffer) => {
    values += reader.writeColumns(chunk).length;
  });
  await new Promise((resolve) => stream.once("end", resolve));
  return values;
}

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

/** @returns megabytes for a second of this process's CPU time, which neighbours on the machine disturb least */
async function measure(log: string, reader: Reader): Promise<number> {
  const child = spawn(process.execPath, ["-e", PRINTER, fileURLToPath(new URL(log, FIXTURES)), String(BYTES)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  // Starting the child is not what is measured.
  await new Promise((resolve) => child.stdout.once("readable", resolve));
  const before = process.cpuUsage();
  const found = await reader(child.stdout);
  const { user, system } = process.cpuUsage(before);
  if (found === 0) throw new Error(`nothing was read out of ${log}`);
  return BYTES / (user + system);
}

async function run(): Promise<TrialResult> {
  const figures: Figure[] = [];
  const ratios: Ratio[] = [];
  for (const [kind, log] of [
    ["usual log", "lenet-plain.log"],
    ["dense log", "nan-euclidean.log"],
  ] as const) {
    const parsed = await measure(log, readMetrics);
    const swallowed = await measure(log, sink);
    const naive = await measure(log, readlineAndRegexes);
    figures.push(
      { label: `${kind}, parsed`, value: parsed, unit: "MB/CPU s" },
      { label: `${kind}, pipe sink`, value: swallowed, unit: "MB/CPU s" },
      { label: `${kind}, readline + 2 regexes`, value: naive, unit: "MB/CPU s" },
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
