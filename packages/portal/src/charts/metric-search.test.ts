import { expect, test } from "vitest";
import { readMetricSearch } from "./metric-search.js";

const keys = ["train/loss", "val/loss", "val/acc@5", "layer10/norm", 'gpu/mem{"rank":"1"}'];

test.each([
  ["", keys],
  ["LOSS", ["train/loss", "val/loss"]],
  ["val loss", ["val/loss"]],
  ["^val/", ["val/loss", "val/acc@5"]],
  ["loss|acc", ["train/loss", "val/loss", "val/acc@5"]],
  [String.raw`layer\d+/`, ["layer10/norm"]],
  ['"rank":"1"', ['gpu/mem{"rank":"1"}']],
  ["^val/ 5$", ["val/acc@5"]],
])("%j finds %j", (search, found) => {
  const { matches, broken } = readMetricSearch(search);
  expect(keys.filter(matches)).toEqual(found);
  expect(broken).toEqual([]);
});

test("a word that is not a regular expression is looked for as text, and told", () => {
  const { matches, broken } = readMetricSearch("val mem{");
  expect(broken).toEqual(["mem{"]);
  expect(matches('val/mem{"rank":"1"}')).toBe(true);
});
