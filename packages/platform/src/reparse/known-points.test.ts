import { expect, test } from "vitest";
import { randomOf, seedOfTest } from "../../../../tests/random.js";
import type { RawRows } from "../store/contract/points.js";
import { KnownPoints } from "./known-points.js";

function rowsOf(points: readonly (readonly [step: number, value: number])[]): RawRows {
  const column = (of: (point: readonly [number, number]) => number): Float64Array => Float64Array.from(points, of);
  const [step, value] = [column(([x]) => x), column(([, y]) => y)];
  return { count: points.length, timeBaseHi: 0, step, time: step, epoch: step, value };
}

test("each stored point stands for one that is read, whatever it is", () => {
  const known = new KnownPoints();
  expect(known.take(1, 1)).toBe(false);
  const odd = [Number.NaN, Number.POSITIVE_INFINITY, -0, 5e-324, 1e308, 0.1 + 0.2].map((value) => [1, value] as const);
  known.add(rowsOf([...odd, [1, 0], [1, 0.3]]));
  for (const [step, value] of odd) expect([value, known.take(step, value)]).toEqual([value, true]);
  expect([known.take(1, 0), known.take(1, 0), known.take(1, Number.NaN), known.take(2, 0.3), known.rest]).toEqual([
    true,
    false,
    false,
    false,
    1,
  ]);
});

test("it is what a multiset of pairs would be, also when it grows", () => {
  const random = randomOf(seedOfTest());
  const known = new KnownPoints();
  const right = new Map<string, number>();
  const draw = () => [random.below(3000), random.pick([0, 0.5, -1, 1 / 3, random.next()])] as const;
  for (let round = 0; round < 20; round++) {
    const points = Array.from({ length: random.below(1500) }, draw);
    known.add(rowsOf(points));
    for (const point of points) right.set(String(point), (right.get(String(point)) ?? 0) + 1);
    for (let i = 0; i < 500; i++) {
      const point = random.chance(0.5) && points.length > 0 ? random.pick(points) : draw();
      const left = right.get(String(point)) ?? 0;
      expect(known.take(...point)).toBe(left > 0);
      if (left > 0) right.set(String(point), left - 1);
    }
  }
  expect(known.rest).toBe([...right.values()].reduce((sum, left) => sum + left, 0));
});
