import type { InstanceSummary, SeriesSummary } from "ava-protocol";
import { expect, test } from "vitest";
import { instanceRow, matchesSearch } from "./instance-row.js";

const series = (name: string, last: SeriesSummary["last"] = 1, labels: Record<string, string> = {}): SeriesSummary => ({
  name,
  labels,
  count: 5,
  last,
  min: 0,
  max: 1,
  firstStep: 0,
  lastStep: 5,
  firstTimeNs: "0",
  lastTimeNs: "0",
});
const instance: InstanceSummary = {
  id: "run-1",
  training: "digits",
  state: "running",
  params: { lr: 0.1, opt: { name: "SGD" } },
  paramsText: '{"lr": 0.1, "opt": {"name": "SGD"}}',
  startTime: "2026-01-01T00:00:00Z",
  series: [],
};
const startMs = Date.parse("2026-01-01T00:00:00Z");

test("a running instance lasts until now, a lost one until it was last heard", () => {
  expect(instanceRow(instance, startMs + 5000).durationMs).toBe(5000);
  const lost = { ...instance, state: "lost" as const, heartbeatTime: "2026-01-01T00:00:03Z" };
  expect(instanceRow(lost, startMs + 9000).durationMs).toBe(3000);
});

test.each([
  [["lr", "val/loss", "loss"], "loss"],
  [["val/loss", "train/loss"], "train/loss"],
  [["lr", "val_loss", "accuracy"], "val_loss"],
  [["lr", "rpn_loss"], "rpn_loss"],
  [["lr", "val/acc"], "val/acc"],
])("of %j the series %s tells most", (names, telling) => {
  expect(instanceRow({ ...instance, series: names.map((name) => series(name)) }, 0).metric?.name).toBe(telling);
});

test("a loss that is NaN sorts as the worst", () => {
  expect(instanceRow({ ...instance, series: [series("loss", "NaN")] }, 0).metricValue).toBe(Infinity);
});

test("a search finds ids, names, trainings and params, all words at once", () => {
  const row = instanceRow({ ...instance, name: "基线 A/B" }, 0);
  expect(matchesSearch(row, "基线 a/b run-1")).toBe(true);
  expect(matchesSearch(row, "")).toBe(true);
  expect(matchesSearch(row, "LR=0.1 opt.name=sgd")).toBe(true);
  expect(matchesSearch(row, "digits lr=0.2")).toBe(false);
});
