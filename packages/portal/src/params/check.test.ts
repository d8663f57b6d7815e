import { expect, test } from "vitest";
import { checkParams } from "./check.js";

test.each([
  ["{}", { count: 0 }],
  ['{"lr": 0.1, "net": {"depth": 18, "sizes": [1, 2]}, "clip": NaN}', { count: 4 }],
  ['{\n  "lr": 0.1,\n}', { line: 2, column: 12, offset: 13, problem: 'a comma before "}"' }],
  ['{"lr": 0.1,\n "net": [{"lr": 1, "lr": 2}]}', { line: 2, column: 20, offset: 31, problem: '"lr" stands twice in this object' }],
  ['{"lr": 1, "net": {"lr": 2}}', { count: 2 }],
  ["[1]", { line: 1, column: 1, offset: 0, problem: expect.stringContaining("a JSON object") }],
])("%j", (text, found) => {
  expect(checkParams(text)).toEqual(found);
});
