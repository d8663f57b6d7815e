import { expect, test } from "vitest";
import { type ComparedFacts, comparedFacts } from "./compared-run.js";
import { runGroups } from "./run-groups.js";

const run = (id: string, params: object): ComparedFacts =>
  comparedFacts({ id, training: "t", state: "done", params: {}, paramsText: JSON.stringify(params), series: [] }, 0);

test("runs that have the same are a group; numbers by their size, those without the value last", () => {
  const runs = [run("a", { lr: 0.1 }), run("b", {}), run("c", { lr: 0.001 }), run("d", { lr: 0.1, seed: 2 }), run("e", { lr: 1e-2 })];
  expect(runGroups(runs, ["params.lr"]).map(({ key, title, runs: members }) => [key, title, members.join()])).toEqual([
    ["#0", "lr 0.001", "c"],
    ["#1", "lr 0.01", "e"],
    ["#2", "lr 0.1", "a,d"],
    ["#3", "lr –", "b"],
  ]);
  expect(runGroups(runs, ["params.lr", "state"]).map(({ title }) => title)[3]).toBe("lr – · state done");
});
