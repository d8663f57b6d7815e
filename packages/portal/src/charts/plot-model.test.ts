import { expect, test } from "vitest";
import type { Columns } from "./columns.js";
import { buildPlotModel, type PlotView } from "./plot-model.js";

const view: PlotView = { axis: "step", isLog: false, smoothing: 0, range: undefined };
const line = (key: string): { key: string; title: string; colorIndex: number } => ({ key, title: key, colorIndex: 0 });

function columns(x: number[], y: number[]): Columns {
  const last = Float64Array.from(y);
  return {
    x: Float64Array.from(x),
    start: Float64Array.from(x),
    count: Float64Array.from(x, () => 1),
    last,
    min: last,
    max: last,
    mean: last,
    nan: last.map((value) => (Number.isNaN(value) ? 1 : 0)),
    isBucketed: false,
    newest: Number.NaN,
    from: 0,
    to: x.length,
  };
}

test("train and val with other steps share one axis without breaking each other's line", () => {
  const model = buildPlotModel([line("train"), line("val")], [columns([1, 2, 3], [3, 2, 1]), columns([2], [5])], view);
  expect([...model.data[0]]).toEqual([1, 2, 3]);
  expect(model.data[1]).toEqual(Float64Array.of(3, 2, 1));
  expect(model.data[2]).toEqual([undefined, 5, undefined]);
});

test("a leading NaN is a gap with a mark, and the rest has a range", () => {
  const model = buildPlotModel([line("loss")], [columns([1, 2, 3], [Number.NaN, 2, 1])], view);
  expect(model.data[1]).toEqual([null, 2, 1]);
  expect(model.spans[0]).toEqual([{ kind: "NaN", fromX: 1, toX: 1, rows: 1 }]);
  expect(model.yRange.every(Number.isFinite)).toBe(true);
});

test("the log axis says what it cannot show, and gives way when nothing is positive", () => {
  const mixed = buildPlotModel([line("a")], [columns([1, 2, 3], [0, -1, 10])], { ...view, isLog: true });
  expect([mixed.isLog, mixed.nonPositive, mixed.lacksPositive]).toEqual([true, 2, false]);
  const negative = buildPlotModel([line("a")], [columns([1, 2], [0, -1])], { ...view, isLog: true });
  expect([negative.isLog, negative.lacksPositive]).toEqual([false, true]);
});

test("smoothing changes the line and keeps the columns as they came", () => {
  const model = buildPlotModel([line("a")], [columns([1, 2], [1, 3])], { ...view, smoothing: 50, range: [0, 9] }, [
    columns([1, 1001], [1, 3]),
  ]);
  expect(model.data[1]![1]).toBeCloseTo(1.75 / 0.75, 12);
  expect([...model.columns[0]!.last]).toEqual([1, 3]);
});

test("an empty chart and a chart of one point have an axis", () => {
  expect(buildPlotModel([], [], view).xRange).toEqual([0, 1]);
  expect(buildPlotModel([line("a")], [columns([7], [1])], view).xRange).toEqual([6.5, 7.5]);
});
