import { expect, test } from "vitest";
import { type InstanceView, readInstanceView, writeInstanceView } from "./instance-view.js";
import { type OverviewView, readOverviewView, writeOverviewView } from "./overview-view.js";

const startView = readInstanceView("");

test.each<[string, Partial<InstanceView>]>([
  ["nothing set", {}],
  ["another tab", { tab: "log", logFrom: 123456, lines: "loss = [", logTime: "1767225600000000001", logValue: -0.5, isWrapped: true }],
  ["axes and smoothing", { axis: "relative", isLog: true, smoothing: 90 }],
  ["a zoom at full precision", { range: [0.1 + 0.2, 1.7e308] }],
  ["a zoom below zero", { range: [-5, 0] }],
  ["searches with signs that URLs use", { metrics: "a&b=c #1 50% + 中文", params: "lr=0.1", baseline: "run 7&8" }],
  ["keys with labels", { hidden: ['loss{"rank":"3"}', "val/loss"], large: ["loss", "gpu/0"] }],
  ["another metric as the axis, by decades", { xSeries: 'tokens{"rank":"0"}', isLogX: true, markMs: 1767225600000.25 }],
  ["how single charts are read", { size: "large", clipped: ["loss"], yRanges: [["a,b", -1e-9, 2.5]], bands: ["x"], apart: ["y"] }],
  ["sections that are open and folded", { opened: ["layer*"], folded: [""] }],
])("the instance page's URL keeps %s", (_what, change) => {
  const view = { ...startView, ...change };
  expect(readInstanceView(writeInstanceView(view))).toEqual(view);
});

test.each([
  {},
  { training: "a+b:c", state: "lost", terms: ["lr=1e-3", "& co"], sort: "last:loss", columns: ["params.lr"], pinned: ["b", "a"] },
  { state: "running", terms: [""], sort: "-id", columns: [], show: "params", target: "min:val/loss", against: "params.`odd key`" },
  {
    picked: [
      { id: "b", slot: 0 },
      { id: "a", slot: 1 },
    ],
    show: "charts",
    base: "a",
  },
  {
    picked: [
      { id: "b", slot: 7 },
      { id: "a", slot: 0 },
    ],
    group: ["params.lr", "state"],
    unfolded: ["params.lr=0.1 and state=done"],
  },
  { terms: ["lr=1"], chart: { ...readOverviewView("").chart, metrics: "loss", axis: "time", range: [1, 2] } },
] satisfies Partial<OverviewView>[])("the overview's URL keeps %j", (change) => {
  const view: OverviewView = { ...readOverviewView(""), ...change };
  expect(readOverviewView(writeOverviewView(view))).toEqual(view);
});

test("the view that is shown at first has an empty query string", () => {
  expect(writeInstanceView(startView)).toBe("");
  expect(writeOverviewView(readOverviewView(""))).toBe("");
});

test("nonsense in the URL is ignored", () => {
  expect(readInstanceView("?tab=x&x=y&smooth=1e9&from=9&to=3&at=-4&y=")).toEqual({ ...startView, smoothing: 99 });
  expect(readInstanceView("?smooth=abc&from=NaN&to=Infinity&yr=2,1,a&yr=x&mark=now&size=huge")).toEqual(startView);
  expect(readOverviewView("?state=great&nonsense=1")).toEqual(readOverviewView(""));
});
