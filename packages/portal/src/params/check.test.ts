import { expect, test } from "vitest";
import { checkParams } from "./check.js";

test.each([
  ["{}", { count: 0 }],
  ['{"lr": 0.1, "net": {"depth": 18, "sizes": [1, 2]}, "clip": NaN}', { count: 4 }],
  ['{\n  "lr": 0.1,\n}', { line: 2, column: 12, offset: 13, problem: 'a comma before "}"' }],
  ["[1]", { line: 1, column: 1, offset: 0, problem: expect.stringContaining("a JSON object") }],
])("%j", (text, found) => {
  expect(checkParams(text)).toEqual(found);
});
