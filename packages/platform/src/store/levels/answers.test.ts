import { expect, test } from "vitest";
import type { WindowQuery } from "../contract/window.js";
import { Series } from "../held/series.js";
import { Answers } from "./answers.js";
import { CHUNK_POINTS } from "./chunk.js";
import { readWindow } from "./window.js";

const POINTS = 64 * CHUNK_POINTS;

function longSeries(): Series {
  const source = { readHeads: () => [], readChunk: () => expect.fail("nothing is stored") };
  const series = new Series(1, "i", "loss", {}, source, { no: 1, isSaving: false });
  for (let step = 0; step < POINTS; step++) series.append(step, Number.NaN, 0, step, Math.sin(step));
  return series;
}

test("an answer about a long series is remembered until it changes, also when points are taken back and others come", () => {
  const series = longSeries();
  const answers = new Answers();
  const query = { instance: "i", name: "loss", axis: "step" as const, buckets: 10 };
  const ask = (more = {}) => readWindow(new Map([["loss", series]]), { ...query, ...more }, answers).columns!;
  const first = ask();
  expect(ask()).toBe(first);
  for (const other of [
    { to: 100 },
    { from: 0 },
    { buckets: 11 },
    { axis: "time" },
    { hasMeans: true },
    { nonFinite: 1 },
    { rewinds: 0 },
    { segment: [0, 5] },
  ])
    expect(ask(other)).toEqual(readWindow(new Map([["loss", series]]), { ...query, ...other } as WindowQuery).columns);
  const takeBack = series.mark();
  series.append(POINTS, Number.NaN, 0, POINTS, 7);
  expect(ask().max.at(-1)).toBe(7);
  takeBack();
  expect(ask()).toEqual(first);
  series.append(POINTS, Number.NaN, 0, POINTS, 8);
  expect(ask().max.at(-1)).toBe(8);
  expect(readWindow(new Map([["loss", longSeries()]]), query, answers).columns).not.toBe(first);
});

test("answers of a short series, and those that lack what is damaged, are made anew; old ones make room", () => {
  const series = longSeries();
  const answers = new Answers();
  let made = 0;
  const ask = (buckets: number, damage: string[] = [], of: Pick<Series, "totals"> = series): void => {
    const numbers = new Float64Array(buckets);
    const columns = {
      isRaw: false,
      from: 0,
      to: 1,
      x: numbers,
      min: numbers,
      max: numbers,
      last: numbers,
      count: numbers,
      nan: numbers,
      damage,
    };
    answers.of(of as Series, { instance: "i", name: "loss", axis: "step", buckets }, () => (made++, columns));
  };
  for (const short of [series, { totals: { ...series.totals, count: POINTS - 1 } }])
    for (let times = 0; times < 2; times++) ask(5, ["lost"], short);
  expect(made).toBe(4);
  for (const buckets of [50_000, 49_999, 50_000, 49_998, 49_997, 50_000]) ask(buckets);
  expect(made).toBe(8);
  ask(49_998);
  expect(made).toBe(8);
  ask(49_999);
  expect(made).toBe(9);
});
