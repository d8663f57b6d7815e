import type { SeriesSummary } from "ava-protocol";
import { expect, test } from "vitest";
import { groupRuns } from "./group-runs.js";

const series = (name: string): SeriesSummary => ({
  name,
  labels: {},
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
    { id: "a", name: "first", series: [series("loss"), series("val/loss")] },
    { id: "b", series: [series("loss"), series("gpu/load")] },
  ];
  const charts = groupRuns(runs, "").flatMap(({ groups }) => groups);
  expect(
    charts.map(({ base, lines }) => `${base}: ${lines.map((line) => `${line.title} ${line.instance} ${line.colorIndex}`).join(", ")}`),
  ).toEqual(["loss: first a 0, b b 1", "val/loss: first a 0", "gpu/load: b b 1"]);
  expect(groupRuns(runs, "val").flatMap(({ groups }) => groups.map(({ base }) => base))).toEqual(["val/loss"]);
});
