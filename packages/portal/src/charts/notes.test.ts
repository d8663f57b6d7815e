import { expect, test } from "vitest";
import { en } from "../words/en.js";
import { columnsOf } from "./columns.js";
import { chartNotes } from "./notes.js";
import { buildPlotModel } from "./plot-model.js";

test("a chart whose points the platform lost says so, with what the platform says of it", () => {
  const answer = {
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
