import type { Labels } from "ava-protocol";
import { expect, test } from "vitest";
import type { ChartLine } from "./group-series.js";
import { rankBands } from "./rank-bands.js";

function line(name: string, labels: Labels): ChartLine {
  const summary = { name, labels, count: 1, last: 1, min: 1, max: 1, firstStep: 0, lastStep: 0, firstTimeNs: "0", lastTimeNs: "0" };
  return { key: `${name} ${JSON.stringify(labels)}`, instance: "one", title: name, summary, colorIndex: 0 };
}
const titled = (lines: readonly ChartLine[]): string[] | undefined =>
  rankBands(lines, (series, ranks) => `${series} x${ranks}`)?.map(({ title, lines: own }) => `${title}: ${own.length}`);

test("lines that differ in their rank alone are a band, others are apart", () => {
  expect(titled([line("gpu", { rank: "0" }), line("gpu", { rank: "1" }), line("gpu", { rank: "0", kind: "mem" })])).toEqual([
    "gpu x2: 2",
    "gpu: 1",
  ]);
  expect(titled([line("util", { local_rank: "0", node: "a" }), line("util", { local_rank: "0", node: "b" })])).toEqual(["util x2: 2"]);
});

test("lines that differ in something else do not make a band", () => {
  expect(titled([line("train/loss", {}), line("val/loss", {})])).toBeUndefined();
  expect(titled([line("loss", { phase: "a" }), line("loss", { phase: "b" })])).toBeUndefined();
  expect(titled([line("loss", { rank: "0" })])).toBeUndefined();
});
