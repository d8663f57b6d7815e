import { expect, test } from "vitest";
import { pickRuns, readPicked, unpickRuns } from "./picked-runs.js";

test("a run keeps its colour when others are taken out, and a new one gets the first that is free", () => {
  const picked = unpickRuns(pickRuns([], ["a", "b", "c"]), ["a"]);
  expect(pickRuns(picked, ["d", "b", "e"])).toEqual([
    { id: "b", slot: 1 },
    { id: "c", slot: 2 },
    { id: "d", slot: 0 },
    { id: "e", slot: 3 },
  ]);
  expect(
    pickRuns(
      [],
      Array.from({ length: 200 }, (_, i) => String(i)),
    ),
  ).toHaveLength(100);
});

test.each(["", "1", "0.0", "0.x", "0.-1", "0.1.2"])("slots that do not fit the runs are ignored: %j", (slots) => {
  expect(
    readPicked(
      new URLSearchParams([
        ["pick", "a"],
        ["pick", "b"],
        ["slots", slots],
      ]),
    ),
  ).toEqual([
    { id: "a", slot: 0 },
    { id: "b", slot: 1 },
  ]);
});
