import type { SeriesSummary } from "ava-protocol";
import { expect, test } from "vitest";
import { groupRuns } from "./group-runs.js";

const series = (name: string, labels: Record<string, string> = {}): SeriesSummary => ({
  name,
  labels,
  count: 1,
  last: 1,
  min: 1,
  max: 1,
  firstStep: 0,
  lastStep: 0,
  firstTimeNs: "0",
  lastTimeNs: "0",
});

test("each series is a chart with a line for each run that has it, in the run's own colour", () => {
  const runs = [
    { id: "a", name: "first", slot: 0, series: [series("loss"), series("val/loss")] },
    { id: "b", slot: 3, series: [series("loss"), series("gpu/load")] },
  ];
  const charts = groupRuns(runs, "").flatMap(({ groups }) => groups);
  expect(
    charts.map(({ base, lines }) => `${base}: ${lines.map((line) => `${line.title} ${line.instance} ${line.colorIndex}`).join(", ")}`),
  ).toEqual(["loss: first a 0, b b 3", "val/loss: first a 0", "gpu/load: b b 3"]);
  expect(groupRuns(runs, "val").flatMap(({ groups }) => groups.map(({ base }) => base))).toEqual(["val/loss"]);
});

test("runs of a group are a band of each series that one of them has", () => {
  const runs = ["a", "b", "c"].map((id, slot) => ({ id, slot, series: [series("loss"), ...(id === "c" ? [series("acc")] : [])] }));
  const grouped = [
    { key: "lr=1", title: "lr 1", runs: ["a", "b"], slot: 0 },
    { key: "lr=2", title: "lr 2", runs: ["c"], slot: 1 },
  ];
  const charts = groupRuns(runs, "", grouped).flatMap(({ groups }) => groups);
  expect(charts.map(({ base, bands }) => [base, bands?.map(({ key, lines }) => `${key}: ${lines.join(", ")}`)])).toEqual([
    ["loss", ["lr=1 loss: a loss, b loss", "lr=2 loss: c loss"]],
    ["acc", ["lr=2 acc: c acc"]],
  ]);
});

test("of a run whose client tells a metric, what its output says of it is not drawn beside it", () => {
  const runs = [
    { id: "a", slot: 0, series: [series("loss"), series("loss", { source: "console" })] },
    { id: "b", slot: 1, series: [series("loss", { source: "console" })] },
  ];
  const charts = groupRuns(runs, "").flatMap(({ groups }) => groups);
  expect(charts.map(({ base, lines }) => `${base}: ${lines.map(({ instance }) => instance).join(", ")}`)).toEqual([
    "loss: a",
    'loss{"source":"console"}: b',
  ]);
});
