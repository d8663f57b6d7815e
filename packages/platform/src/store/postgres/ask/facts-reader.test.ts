import { expect, test } from "vitest";
import type { Ask } from "../connect/database.js";
import { FactsReader } from "./facts-reader.js";
import { lightRow } from "./light.js";

test("runs with large params do not fill the memory: facts are remembered up to a number of characters, and as many again once others are forgotten", async () => {
  const facts = new FactsReader(10_000);
  const json = JSON.stringify({ state: "done", paramsText: JSON.stringify({ text: "x".repeat(3000) }) });
  const rows = (factsPos: number): ReturnType<typeof lightRow>[] =>
    [1, 2, 3, 4, 5].map((no) =>
      lightRow({ no, id: `run-${no}`, training: "demo", state: "done", startTime: null, stopTime: null, heartbeatMs: 0, factsPos }),
    );
  const asked = async (factsPos: number): Promise<number[]> => {
    let read: number[] = [];
    const ask = async (_text: string, [nos]: readonly unknown[] = []): Promise<unknown[]> => {
      read = nos as number[];
      return read.map((no) => ({ no, facts: json }));
    };
    const found = await facts.withFacts(ask as Ask, rows(factsPos));
    expect(found.map((row) => row.facts)).toEqual(Array(5).fill(JSON.parse(json)));
    return read;
  };
  expect(await asked(1)).toEqual([1, 2, 3, 4, 5]);
  expect(await asked(1)).toEqual([4, 5]);
  expect(await asked(2)).toEqual([1, 2, 3, 4, 5]);
  facts.forget(1);
  expect(await asked(2)).toEqual([1, 4, 5]);
  facts.clear();
  await asked(2);
  expect(await asked(2)).toEqual([4, 5]);
});
