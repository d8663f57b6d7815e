import { expect, test } from "vitest";
import { en } from "../words/en.js";
import { columnsOf } from "./columns.js";
import { chartNotes } from "./notes.js";
import { buildPlotModel } from "./plot-model.js";

test("a chart whose points the platform lost says so, with what the platform says of it", () => {
  const answer = {
    index: 0,
    instance: "one",
    version: 2,
    name: "loss",
    labels: {},
    axis: "step" as const,
    raw: true,
    from: 0,
    to: 1,
    bucketWidth: 1,
    x: [0, 1],
    min: [1, 2],
    max: [1, 2],
    mean: [1, 2],
    last: [1, 2],
    count: [1, 1],
    nan: [0, 0],
  };
  const line = { key: "loss", title: "loss", colorIndex: 0 };
  const model = buildPlotModel([line], [columnsOf(answer)], { axis: "step", isLog: false, smoothing: 0, range: undefined });
  expect(chartNotes(model, [], en)).toEqual([]);
  const damage = ["steps 0 to 4,095 are damaged"];
  expect(chartNotes(model, damage, en)).toEqual([{ id: "damage", isAlarm: true, text: en.charts.damaged, title: damage[0] }]);
});

test("a NaN is named at its own step with its series, and within the bucket that holds it", () => {
  const part = { index: 0, instance: "one", version: 3, labels: {}, axis: "step" as const };
  const columns = (values: (number | "NaN")[]): Record<"min" | "max" | "last" | "mean", (number | "NaN")[]> => ({
    min: values,
    max: values,
    last: values,
    mean: values,
  });
  const raw = { raw: true, from: 399, to: 401, bucketWidth: 0, x: [399, 400, 401], count: [1, 1, 1], nan: [0, 1, 0] };
  const train = { ...part, name: "train/loss", ...raw, ...columns([1, "NaN", 1]) };
  const buckets = { raw: false, from: 0, to: 2000, bucketWidth: 1000, x: [999, 1999], count: [1000, 1000], nan: [1, 0] };
  const val = { ...part, name: "val/loss", ...buckets, ...columns([1, 1]) };
  const lines = ["train/loss", "val/loss"].map((key) => ({ key, title: key, colorIndex: 0 }));
  const view = { axis: "step" as const, isLog: false, smoothing: 0, range: undefined };
  const both = buildPlotModel(lines, [columnsOf(train), columnsOf(val)], view);
  expect(chartNotes(both, [], en).map(({ text }) => text)).toEqual(["NaN at train/loss 400; val/loss 0–999"]);
  const one = buildPlotModel(lines.slice(0, 1), [columnsOf(train)], view);
  expect(chartNotes(one, [], en).map(({ text }) => text)).toEqual(["NaN at 400"]);
});
