import { expect, test } from "vitest";
import { lineOfValue } from "./line-of-value.js";

const text = "学 step 1 loss=0.50\nstep 2 loss=.25\nstep 3 loss=1e-3 acc=inf\nstep 4 loss=nan\nstep 5 loss=0.125\n";
const answer = { offset: 100, nextOffset: 200, size: 200, text };
const offsetOf = (line: string): number => 100 + Buffer.byteLength(text.slice(0, text.indexOf(line)));

test.each([
  [0.5, "学 step 1"],
  [0.25, "step 2"],
  [0.001, "step 3"],
  [Infinity, "step 3"],
  [Number.NaN, "step 4"],
  [0.125, "step 5"],
  [77, "学 step 1"],
])("%d is in the line of %s", (value, line) => {
  expect(lineOfValue({ ...answer, times: [{ offset: 100, timeNs: "5" }] }, value)).toBe(offsetOf(line));
});

test("a value that was printed at another time is not meant", () => {
  const times = [
    { offset: 100, timeNs: "5" },
    { offset: offsetOf("step 3"), timeNs: "6" },
  ];
  expect(lineOfValue({ ...answer, times }, 0.125)).toBe(100);
  expect(lineOfValue({ ...answer, times }, 0.25)).toBe(offsetOf("step 2"));
});
