import { expect, test } from "vitest";
import { readRange } from "./byte-range.js";

test.each([
  [undefined, 10, undefined],
  ["bytes=0-3", 10, { start: 0, end: 3 }],
  ["bytes=4-", 10, { start: 4, end: 9 }],
  ["bytes=4-99", 10, { start: 4, end: 9 }],
  ["bytes=-4", 10, { start: 6, end: 9 }],
  ["bytes=-40", 10, { start: 0, end: 9 }],
  ["bytes=9-9", 10, { start: 9, end: 9 }],
  ["bytes=10-", 10, "unsatisfiable"],
  ["bytes=-0", 10, "unsatisfiable"],
  ["bytes=0-", 0, "unsatisfiable"],
  ["bytes=5-3", 10, undefined],
  ["bytes=0-1,3-4", 10, undefined],
  ["bytes=-", 10, undefined],
  ["lines=0-3", 10, undefined],
])("%s of %i bytes is %j", (header, bytes, expected) => {
  expect(readRange(header, bytes)).toEqual(expected);
});
