import { readFileSync } from "node:fs";
import { decodeRecord, type JournalRecord, type PointsRecord, readFrame, type SeriesRecord } from "ava-protocol";
import { expect, test } from "vitest";
import { MemoryJournal } from "../record/journal/memory-journal.js";
import { Recorder } from "../record/recorder.js";
import { ItemRecorder } from "./item-recorder.js";
import { Columns } from "./parsers/columns.js";
import { MetricReader } from "./parsers/metric-reader.js";
import type { Metric, ParsedItem } from "./parsers/parser.js";
import { createParsers } from "./parsers/registry.js";

function recordsOf(journal: MemoryJournal): JournalRecord[] {
  return journal.take().map(({ bytes }) => {
    const frame = readFrame(bytes, 0);
    if (typeof frame === "string") throw new Error(frame);
    return decodeRecord(bytes, frame) as JournalRecord;
  });
}

function record(items: readonly ParsedItem[]): { points: PointsRecord[]; steps: number[]; kinds: string[] } {
  const journal = new MemoryJournal();
  const steps: number[] = [];
  const recorder = new ItemRecorder(new Recorder(journal, { now: () => 7 }), {
    onEvent: () => undefined,
    onStep: (step) => void steps.push(step),
  });
  const columns = new Columns();
  for (const item of items) columns.addItem(item);
  recorder.record(columns);
  const records = recordsOf(journal).filter(({ type }) => type !== "series");
  return { points: records.filter((one) => one.type === "points"), steps, kinds: records.map(({ type }) => type) };
}

test("the values of one step and time make one record", () => {
  const at = { step: 3, epoch: 0, timeMs: 5 };
  const { points, steps } = record([
    { name: "loss", value: 1, ...at, line: 1 },
    { name: "lr", value: 2, ...at, line: 2 },
    { name: "loss", value: 3, ...at, labels: { gpu: "1" }, line: 2 },
    { name: "loss", value: 4, ...at, step: 4, line: 3 },
    { name: "lr", value: 5, ...at, step: 4, timeMs: 6, line: 4 },
    { name: "speed", value: 6, step: 4, line: 5 },
  ]);
  expect(points.map(({ step, ids, values }) => [step, Array.from(ids), Array.from(values)])).toEqual([
    [3, [1, 2, 3], [1, 2, 3]],
    [4, [1], [4]],
    [4, [2], [5]],
    [4, [4], [6]],
  ]);
  expect(points.map(({ timeNs, epoch }) => [timeNs, epoch])).toEqual([
    [5_000_000n, 0],
    [5_000_000n, 0],
    [6_000_000n, 0],
    [7_000_000n, undefined],
  ]);
  expect(steps).toEqual([3, 4]);
});

test("ranks that are at different batches count for themselves", () => {
  const told = [
    ["0", 20],
    ["0", 40],
    ["1", 20],
    ["0", 60],
    ["1", 40],
  ] as const;
  const { points } = record(told.map(([rank, batch], line) => ({ name: "loss", value: 1, epoch: 0, batch, labels: { rank }, line })));
  expect(points.map(({ step }) => step)).toEqual([20, 40, 20, 60, 40]);
});

test("an event stands between the values before and behind it", () => {
  const { kinds } = record([
    { event: "resume", line: 1 },
    { name: "loss", value: 1, step: 3, line: 2 },
    { event: "snapshot", step: 3, file: "f", line: 3 },
    { name: "lr", value: 1, step: 3, line: 4 },
    { event: "end", line: 5 },
  ]);
  expect(kinds).toEqual(["event", "points", "event", "points", "event"]);
});

test("a log of Caffe is recorded with every value at the step and time that it is parsed with, and little more than a record for each display", () => {
  const bytes = readFileSync(new URL("./parsers/caffe/fixtures/nan-euclidean.log", import.meta.url));
  const parsers = () => createParsers({ parser: "caffe" }, { referenceTimeMs: 0 });
  const metrics = new MetricReader(parsers(), () => undefined).write(bytes).filter((item): item is Metric => "name" in item);
  const journal = new MemoryJournal();
  const recorder = new ItemRecorder(new Recorder(journal));
  const reader = new MetricReader(parsers(), () => undefined);
  for (let at = 0; at < bytes.length; at += 65_536) recorder.record(reader.writeColumns(bytes.subarray(at, at + 65_536)));
  const records = recordsOf(journal);
  const names = new Map(records.filter((one): one is SeriesRecord => one.type === "series").map(({ id, name }) => [id, name]));
  const points = records.filter((one): one is PointsRecord => one.type === "points");
  expect(
    points.flatMap(({ step, timeNs, ids, values }) =>
      Array.from(ids, (id, index) => [names.get(id), values[index], step, Number(timeNs / 1_000_000n)]),
    ),
  ).toEqual(metrics.map(({ name, value, step, timeMs }) => [name, value, step, timeMs]));
  expect(points.length).toBeLessThan(metrics.length * 0.36);
});
