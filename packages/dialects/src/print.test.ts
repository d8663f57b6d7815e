import { expect, test } from "vitest";
import { print64 } from "./print.js";

test("a million points that differ little have a million prints", () => {
  const prints = new Set<bigint>();
  for (let step = 0; step < 100_000; step++) {
    for (const name of ["loss", "lots"]) {
      for (const value of [step, step / 3, 1, Number.NaN, -0]) prints.add(print64(name, [step, 1_700_000_000_000 + step, value]));
    }
  }
  // The same value comes twice at the steps 0, 1 and 3; 0 and -0 are two.
  expect(prints.size).toBe(1_000_000 - 2 * 3);
});

test("a print is the same on every machine", () => {
  expect(print64("loss", [1, 2.5])).toBe(print64("loss", [1, 2.5]));
  expect(print64("default")).toMatchInlineSnapshot(`3820744934273490133n`);
});
