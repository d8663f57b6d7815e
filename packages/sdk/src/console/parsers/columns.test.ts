import { expect, it } from "vitest";
import { Columns } from "./columns.js";
import type { ParsedItem, Place, Series } from "./parser.js";

const NOWHERE: Place = { step: Number.NaN, epoch: Number.NaN, batch: Number.NaN, total: Number.NaN, timeMs: Number.NaN, line: 1 };

it("gives back the items that were added, events where they stood", () => {
  const items: ParsedItem[] = [
    { event: "resume", file: "a", line: 1 },
    { name: "loss", value: Number.NaN, step: 0, epoch: 0.5, batch: 3, total: 9, phase: "val", labels: { rank: "1" }, timeMs: 5, line: 2 },
    { name: "loss", value: -0, line: 3 },
    { event: "end", line: 4 },
    { event: "stop", line: 4 },
  ];
  const columns = new Columns();
  for (const item of items) columns.addItem(item);
  expect(columns.items()).toEqual(items);
  columns.clear();
  expect(columns.items()).toEqual([]);
});

it("keeps what was added when it grows, and copies a place that is used again", () => {
  const columns = new Columns();
  const series: Series = { name: "x" };
  const place = { ...NOWHERE };
  for (let step = 0; step < 5000; step += 1) {
    place.step = step;
    columns.add(series, step / 2, place);
  }
  expect(columns.items()).toEqual(Array.from({ length: 5000 }, (_, step) => ({ name: "x", value: step / 2, step, line: 1 })));
});

it("tells metrics of one name apart by phase and labels", () => {
  const columns = new Columns();
  const items: ParsedItem[] = [
    { name: "x", value: 1, phase: "train", line: 1 },
    { name: "x", value: 2, phase: "val", line: 1 },
    { name: "x", value: 3, line: 1 },
    { name: "x", value: 4, labels: { gpu: "0" }, line: 1 },
    { name: "x", value: 5, labels: { gpu: "1" }, line: 1 },
  ];
  for (const item of items) columns.addItem(item);
  expect(columns.items()).toEqual(items);
});
