import { expect, test } from "vitest";
import { boundedSearch } from "./search.js";

const SLOW = `${"a".repeat(18)}b`;

test("searches that each end in time are refused when they take too long together: a list of 100,000 such texts held up others for an hour", () => {
  const search = boundedSearch("^(a+)+$", 30);
  let searches = 0;
  const searchAll = (): void => {
    for (; searches < 10_000; searches++) expect(search(SLOW)).toBe(false);
  };
  expect(searchAll).toThrow("takes too long to search all runs");
  expect(searches).toBeGreaterThan(1);
  // Of another list.
  expect(boundedSearch("^(a+)+$", 30)(SLOW)).toBe(false);
});
