import type { SeriesSummary } from "ava-protocol";
import { expect, test } from "vitest";
import type { ComparedFacts } from "./compared-run.js";
import { importances } from "./importance.js";

function run(id: number, params: Record<string, string>, last: number): ComparedFacts {
  const loss = { name: "loss", labels: {}, count: 1, last, min: last, max: last } as unknown as SeriesSummary;
  return { id: `${id}`, name: `${id}`, state: "done", training: "t", params: new Map(Object.entries(params)), series: [loss], slot: id };
}

const sweep = Array.from({ length: 24 }, (_, i) =>
  run(
    i,
    { opt: i % 2 === 0 ? "adam" : "sgd", seed: String(i % 3), lr: String(((i * 7) % 24) / 100), name: `n${i}` },
    // The optimizer decides, the learning rate a little; one run went astray.
    i === 5 ? 1e30 : (i % 2 === 0 ? 1 : 2) + ((i * 7) % 24) / 100,
  ),
);

test("the param that decides is first, one of chance is near nothing, names of runs are not told", () => {
  const found = importances(sweep, ["seed", "lr", "opt", "name"], "last:loss");
  expect(found.map(({ path }) => path)).toEqual(["opt", "lr", "seed"]);
  expect(found[0]!.share).toBeGreaterThan(0.6);
  expect(found[2]!.share).toBeLessThan(0.1);
});

test("a number of which each run has its own counts by its order, however it is bent, and the other way round", () => {
  const bent = Array.from({ length: 12 }, (_, i) => run(i, { lr: String(10 ** -i) }, Math.exp(i)));
  expect(importances(bent, ["lr"], "last:loss")).toEqual([{ path: "lr", share: expect.closeTo(1, 6) as number }]);
});

test("few runs, runs without the figure and runs that are all equal say nothing", () => {
  expect(importances(sweep.slice(0, 4), ["opt"], "last:loss")).toEqual([]);
  expect(importances(sweep, ["opt"], "last:none")).toEqual([]);
  const equal = sweep.map((one, i) => run(i, Object.fromEntries(one.params), 3));
  expect(importances(equal, ["opt", "absent"], "last:loss")).toEqual([{ path: "opt", share: 0 }]);
});
