import { expect, test } from "vitest";
import { axisScale, axisTicks, placeOf, shortText, valueAt } from "./axis-scale.js";

test("numbers stand in proportion, and logarithmically where the greatest is a hundred times the least", () => {
  const linear = axisScale(["1", "2.0", "3", "2"]);
  expect(linear).toMatchObject({ kind: "number", isLog: false, ticks: [1, 2, 3] });
  expect(placeOf(linear, "2.50")).toBe(0.75);
  const log = axisScale(["1e-4", "0.001", "0.01"]);
  expect(log).toMatchObject({ isLog: true, ticks: [1e-4, 1e-3, 1e-2] });
  expect(placeOf(log, "0.001")).toBeCloseTo(0.5, 12);
  expect(axisScale(["0", "1000"])).toMatchObject({ isLog: false });
});

test("texts stand at equal distances in natural order; a mixed field is of texts", () => {
  const scale = axisScale(["run10", "run9", "adam"]);
  expect(scale).toEqual({ kind: "text", values: ["adam", "run9", "run10"] });
  expect(placeOf(scale, "run9")).toBe(0.5);
  expect(placeOf(scale, "other")).toBeUndefined();
  expect(axisScale(["1", "none"]).kind).toBe("text");
  expect(axisScale([]).kind).toBe("text");
});

test("one value stands in the middle, and what is not finite nowhere", () => {
  expect(placeOf(axisScale(["5"]), "5")).toBe(0.5);
  expect(placeOf(axisScale(["5", "6"]), "NaN")).toBeUndefined();
});

test("many numbers get ticks at quarters, which lead back to their places", () => {
  const scale = axisScale(Array.from({ length: 100 }, (_, i) => String(10 ** (i / 33))));
  if (scale.kind !== "number") throw new Error("a scale of numbers is expected");
  expect(scale.ticks).toHaveLength(5);
  for (const place of [0, 0.3, 1]) expect(placeOf(scale, String(valueAt(scale, place)))).toBeCloseTo(place, 9);
});

test("a run that diverged has no place, and the others keep an axis of numbers", () => {
  const scale = axisScale(["0.25", "NaN", "0.75", "-Infinity"]);
  expect(scale).toMatchObject({ kind: "number", min: 0.25, max: 0.75 });
  expect(placeOf(scale, "NaN")).toBeUndefined();
  expect(axisScale(["NaN"])).toEqual({ kind: "text", values: ["NaN"] });
});

test("labels do not overlap, and long texts keep what tells them apart", () => {
  const scale = axisScale(["0.0001", "0.1", "0.15"]);
  if (scale.kind !== "number") throw new Error("a scale of numbers is expected");
  const texts = (spanPx: number): string[] => axisTicks(scale, spanPx, (text) => text.length * 7).map(({ text }) => text);
  expect(texts(1000)).toEqual(["1e−4", "0.1", "0.15"]);
  expect(texts(200)).toEqual(["1e−4", "0.1"]);
  expect(shortText('["flip","crop","mixup"]')).not.toBe(shortText('["flip","crop","cutout"]'));
});
