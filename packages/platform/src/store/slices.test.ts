import { expect, test } from "vitest";
import { inTurns } from "./slices.js";

test("pieces that are taken as fast as they come leave turns of the event loop to others", async () => {
  let turns = 0;
  const count = (): void => {
    turns++;
    next = setImmediate(count);
  };
  let next = setImmediate(count);
  const seen: number[] = [];
  for await (const piece of inTurns(["a", "b", "c"])) seen.push(turns + piece.length);
  clearImmediate(next);
  expect(seen).toHaveLength(3);
  expect(seen.every((turn, index) => index === 0 || turn > seen[index - 1]!)).toBe(true);
});
