import { expect, test } from "vitest";
import { encodeChunk } from "../../levels/chunk.js";
import { columnAt } from "../../levels/column.js";
import { GROUP_POINTS } from "../../levels/pyramid.js";
import { areEdgesWhole, groupRange, levelsRange, openChunk, openEdges, packChunk } from "./packed-chunk.js";

const KEY = { instance: 1, series: 3, index: 7 };

function rows(count: number, value: (row: number) => number) {
  const column = (of: (row: number) => number): Float64Array => Float64Array.from({ length: count }, (_, row) => of(row));
  return {
    count,
    timeBaseHi: 355_971,
    step: column((row) => row * 20),
    time: column((row) => row * 1e6),
    epoch: column(() => Number.NaN),
    value: column(value),
  };
}

const CASES: [string, ReturnType<typeof rows>][] = [
  ["float32", rows(150, (row) => row / 2)],
  ["float64", rows(130, (row) => (row === 70 ? Number.NaN : Math.sin(row)))],
  ["all the same", rows(100, () => 4)],
];

test.each(CASES)("a packed chunk comes back, and not from bytes that are damaged anywhere: %s", (_name, points) => {
  const packed = packChunk(KEY, encodeChunk(points));
  const { head, shape, bytes } = packed;
  const body = openChunk(KEY, head, shape, bytes)!;
  expect(Float64Array.from({ length: head.count }, (_, row) => columnAt(body.value, row))).toEqual(points.value);
  for (let at = 0; at < bytes.length; at++) {
    const wrong = Uint8Array.from(bytes);
    wrong[at]! ^= 1 << (at % 8);
    expect(openChunk(KEY, head, shape, wrong)).toBeUndefined();
  }
  expect(openChunk(KEY, head, shape, bytes.subarray(1))).toBeUndefined();
  for (const other of [{ instance: 2 }, { series: 4 }, { index: 8 }])
    expect(openChunk({ ...KEY, ...other }, head, shape, bytes)).toBeUndefined();
});

test.each(CASES.slice(0, 2))("edges come from two stretches of a chunk, and not from damaged ones: %s", (_name, points) => {
  const { head, shape, bytes } = packChunk(KEY, encodeChunk(points));
  const whole = openChunk(KEY, head, shape, bytes)!;
  const { levelsAt, end } = levelsRange(head, shape);
  expect(shape.hasEvenSteps).toBe(true);
  for (let group = 0; group * GROUP_POINTS < head.count; group++) {
    const values = bytes.subarray(...groupRange(head, shape, group));
    const edges = { levels: bytes.subarray(levelsAt, end), groups: [group], values: [values], window: undefined };
    expect(areEdgesWhole(KEY, head, shape, edges)).toBe(true);
    const body = openEdges(head, shape, edges);
    for (const name of ["groupMin", "groupMax", "groupSum", "groupNan", "groupInfinite"] as const) expect(body[name]).toEqual(whole[name]);
    for (let row = 0; row < head.count; row++) {
      expect(columnAt(body.step, row)).toBe(columnAt(whole.step, row));
      expect(columnAt(body.value, row)).toBe(Math.floor(row / GROUP_POINTS) === group ? columnAt(whole.value, row) : Number.NaN);
    }
    for (const part of [edges.levels, values]) {
      for (let at = 0; at < part.length; at++) {
        part[at]! ^= 1 << (at % 8);
        expect(areEdgesWhole(KEY, head, shape, edges)).toBe(false);
        part[at]! ^= 1 << (at % 8);
      }
    }
    expect(areEdgesWhole({ ...KEY, index: 8 }, head, shape, edges)).toBe(false);
    // Values of another group of the same chunk.
    expect(areEdgesWhole(KEY, head, shape, { ...edges, groups: [group === 0 ? 1 : 0] })).toBe(false);
  }
});

test("steps that do not follow from the head are told", () => {
  const uneven = rows(100, (row) => row);
  uneven.step[50] = 1001;
  expect(packChunk(KEY, encodeChunk(uneven)).shape.hasEvenSteps).toBe(false);
  const infinite = rows(2, (row) => row);
  infinite.step.fill(Number.POSITIVE_INFINITY);
  expect(packChunk(KEY, encodeChunk(infinite)).shape.hasEvenSteps).toBe(false);
  const falling = rows(3, (row) => row);
  falling.step.set([2, 1, 0]);
  expect(packChunk(KEY, encodeChunk(falling)).shape.hasEvenSteps).toBe(false);
});
