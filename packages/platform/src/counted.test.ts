import { expect, test } from "vitest";
import { counted } from "./counted.js";

test("one of something is told in the singular, none and more in the plural", () => {
  expect([0, 1, 2].map((count) => counted(count, "place"))).toEqual(["0 places", "1 place", "2 places"]);
  expect([1, 2].map((count) => counted(count, "row belongs", "rows belong"))).toEqual(["1 row belongs", "2 rows belong"]);
});
