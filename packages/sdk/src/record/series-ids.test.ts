import type { Labels } from "ava-protocol";
import { expect, it } from "vitest";
import { SeriesIds } from "./series-ids.js";

/** As the recorder asks: the number of a series, a new one where there is none. */
function idOf(series: SeriesIds, name: string, labels?: Labels): number {
  const ids = series.setOf(labels);
  const known = ids.get(name) ?? series.find(ids, name, labels);
  if (known !== undefined) return known;
  series.add(ids, name, labels);
  return series.size;
}

it("numbers series by name and labels, whatever the order of the labels", () => {
  const series = new SeriesIds();
  expect(idOf(series, "loss")).toBe(1);
  expect(idOf(series, "loss", { net: "0", output: "1" })).toBe(2);
  expect(idOf(series, "loss", { output: "1", net: "0" })).toBe(2);
  expect(idOf(series, "loss", {})).toBe(1);
  expect(idOf(series, "accuracy", { net: "0", output: "1" })).toBe(3);
  expect(series.size).toBe(3);
});

it("tells labels apart whose texts joined are the same", () => {
  const series = new SeriesIds();
  const sets: Labels[] = [{ a: "b1 c" }, { a: "b", c: "" }, { ab: "1 c" }, { a: "", b: "c" }, { "a1 b": "c" }, { a: "1 b1 c" }];
  expect(sets.map((labels) => idOf(series, "x", labels))).toEqual([1, 2, 3, 4, 5, 6]);
  expect(sets.map((labels) => idOf(series, "x", labels))).toEqual([1, 2, 3, 4, 5, 6]);
});

it("takes labels that the caller changes between calls as what they are now", () => {
  const series = new SeriesIds();
  const labels = { rank: "0" };
  expect(idOf(series, "x", labels)).toBe(1);
  labels.rank = "1";
  expect(idOf(series, "x", labels)).toBe(2);
});

it("keeps the numbers of thousands of sets of labels", () => {
  const series = new SeriesIds();
  const numbers = Array.from({ length: 3_000 }, (_, n) => idOf(series, "x", { n: String(n) }));
  expect(numbers).toEqual(Array.from({ length: 3_000 }, (_, n) => n + 1));
  expect(Array.from({ length: 3_000 }, (_, n) => idOf(series, "x", { n: String(n) }))).toEqual(numbers);
});
