import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { MetricReader } from "../metric-reader.js";
import type { Metric, ParsedItem, RunEvent } from "../parser.js";
import type { ParserProblem } from "../reader-reports.js";
import { createParsers } from "../registry.js";

interface Output {
  index: number;
  name: string;
  value: number | string;
}
interface Facts {
  loss: [number, number | string][];
  lr: [number, number | string][];
  train_outputs: { iteration: number; outputs: Output[] }[];
  test: { iteration: number; net: number; outputs: Output[] }[];
  snapshots: { iteration: number; model: string; solver_state: string; line: number }[];
}

const fixtures = new URL("./fixtures/", import.meta.url);
const names = readdirSync(fixtures)
  .filter((file) => file.endsWith(".log"))
  .map((file) => file.slice(0, -4));

function read(bytes: Buffer, chunkBytes: number, parser: string): ParsedItem[] {
  const problems: ParserProblem[] = [];
  // New Year's noon of 2025: right for the log without years, without meaning for the others.
  const options = { referenceTimeMs: new Date(2025, 0, 1, 12).getTime() };
  const reader = new MetricReader(createParsers({ parser }, options), (problem) => problems.push(problem));
  const items: ParsedItem[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) items.push(...reader.write(bytes.subarray(at, at + chunkBytes)));
  items.push(...reader.end());
  expect(problems).toEqual([]);
  return items;
}

function printed(value: number | string): number {
  return typeof value === "number" ? value : Number(value.replace("-nan", "nan").replace("inf", "Infinity"));
}

function valuesOf(metrics: readonly Metric[], name: string): [number | undefined, number][] {
  return metrics.filter((metric) => metric.name === name).map(({ step, value }) => [step, value]);
}

function blocksOf(metrics: readonly Metric[], phase: string): unknown[] {
  return metrics.filter((metric) => metric.phase === phase).map(({ name, step, value, labels }) => [name, step, value, labels]);
}

function otherEvents(name: string): unknown[] {
  return read(readFileSync(new URL(`${name}.log`, fixtures)), 4096, "auto")
    .filter((item): item is RunEvent => "event" in item && item.event !== "snapshot")
    .map(({ event, step, file, message, line }) => [event, step, file, message, line]);
}

describe.each(names)("%s", (name) => {
  const bytes = readFileSync(new URL(`${name}.log`, fixtures));
  const facts = JSON.parse(readFileSync(new URL(`${name}.json`, fixtures), "utf8")) as Facts;

  it.each([1, 7, 4096, bytes.length])("tells what its facts list when read %i bytes at a time", (chunkBytes) => {
    const items = read(bytes, chunkBytes, "caffe");
    const metrics = items.filter((item): item is Metric => "name" in item);
    expect(valuesOf(metrics, "loss")).toEqual(facts.loss.map(([step, value]) => [step, printed(value)]));
    expect(valuesOf(metrics, "lr")).toEqual(facts.lr.map(([step, value]) => [step, printed(value)]));
    expect(blocksOf(metrics, "train")).toEqual(
      facts.train_outputs.flatMap(({ iteration, outputs }) =>
        outputs.map((output) => [`train/${output.name}`, iteration, printed(output.value), { output: String(output.index) }]),
      ),
    );
    expect(blocksOf(metrics, "test")).toEqual(
      facts.test.flatMap(({ iteration, net, outputs }) =>
        outputs.map((output) => [
          `test/${output.name}`,
          iteration,
          printed(output.value),
          { net: String(net), output: String(output.index) },
        ]),
      ),
    );
    const blocks = [facts.train_outputs, facts.test].flat().reduce((sum, { outputs }) => sum + outputs.length, 0);
    expect(metrics).toHaveLength(facts.loss.length + facts.lr.length + blocks);
    const snapshots = items.filter((item): item is RunEvent => "event" in item && item.event === "snapshot");
    expect(snapshots.map(({ step, file }) => [step, file])).toEqual(
      facts.snapshots.flatMap(({ iteration, model, solver_state }) => [
        [iteration, model],
        [iteration, solver_state],
      ]),
    );
    expect(snapshots.filter((_, index) => index % 2 === 0).map(({ line }) => line)).toEqual(facts.snapshots.map(({ line }) => line));
    expect(items.every(({ timeMs }) => timeMs !== undefined)).toBe(true);
    expect(items.map(({ line }) => line)).toEqual(items.map(({ line }) => line).sort((a, b) => a - b));
  });

  it("is told apart by auto without a difference", () => {
    expect(read(bytes, 4096, "auto")).toEqual(read(bytes, 4096, "caffe"));
  });
});

it("crosses New Year where the prefix has no year", () => {
  const items = read(readFileSync(new URL("new-year-oldglog.log", fixtures)), 4096, "caffe");
  const times = items.map(({ timeMs }) => timeMs as number);
  expect(new Date(times[0] as number).getFullYear()).toBe(2024);
  expect(new Date(times.at(-1) as number).getFullYear()).toBe(2025);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

it("tells the resume, the end once, and the fatal message", () => {
  expect(otherEvents("resumed")).toEqual([
    ["resume", 500, "snapshots/lenet-plain_iter_500.solverstate", undefined, 519],
    ["end", undefined, undefined, undefined, 581],
  ]);
  const message = "Check failed: mdb_status == 0 (2 vs. 0) No such file or directory";
  expect(otherEvents("fail-missing-data")).toEqual([["fatal", undefined, undefined, message, 101]]);
});
