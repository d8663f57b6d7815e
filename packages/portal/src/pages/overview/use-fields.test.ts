import type { SeriesSummary } from "ava-protocol";
import { expect, test } from "vitest";
import { timesOf } from "./instance-row.js";
import { fieldsOf } from "./use-fields.js";

const series = (name: string): SeriesSummary => ({
  name,
  labels: {},
  count: 5,
  last: 1,
  min: 0,
  max: 1,
  firstStep: 0,
  lastStep: 5,
  firstTimeNs: "0",
  lastTimeNs: "0",
});

test("params that vary and the metrics that tell most are the first columns, equal ones are said once", () => {
  const rows = [1, 2, 3].map((seed) => ({ values: { params: { model: "resnet", opt: { lr: seed === 3 ? 0.1 : 0.01 }, seed } } }));
  const fields = fieldsOf(rows, [{ series: [series("acc"), series("train/loss")] }, { series: [series("acc")] }]);
  expect(fields.columns).toEqual(["last:train/loss", "last:acc", "params.opt.lr", "params.seed"]);
  expect(fields.constants).toEqual([{ path: "model", value: "resnet" }]);
  expect(fields.params.get("opt.lr")).toEqual(["0.01", "0.1"]);
  expect(fields.metrics).toEqual(["acc", "train/loss"]);
});

test("runs without anything have no columns", () => {
  expect(fieldsOf([], []).columns).toEqual([]);
  expect(fieldsOf([{ values: {} }], [{ series: [] }]).columns).toEqual([]);
});

test("a lost run lasts until it was last heard, a running one has no end", () => {
  const values = { startTime: "2026-01-01T00:00:00Z", heartbeatTime: "2026-01-01T00:00:03Z" };
  const row = { id: "a", training: "t", values };
  expect(timesOf({ ...row, state: "lost" })).toEqual({ startMs: Date.parse(values.startTime), endMs: Date.parse(values.heartbeatTime) });
  expect(timesOf({ ...row, state: "running" }).endMs).toBeUndefined();
});
