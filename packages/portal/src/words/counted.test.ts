import { expect, test } from "vitest";
import { en } from "./en.js";

test("one of a kind is told in the singular", () => {
  const { dropPoints, dropEvents, dropUnknown } = en.instance;
  const { wouldAdd, added, refused } = en.log;
  const texts = (count: string): string[] => [
    ...[dropPoints, dropEvents, dropUnknown, en.charts.points, added].map((text) => text(count)),
    wouldAdd(count, count),
    refused(count),
  ];
  expect(texts("1")).toEqual([
    "1 point",
    "1 event",
    "1 record of a newer writer",
    "1 point",
    "1 point added",
    "1 new point; 1 is there already",
    "1 point cannot be taken:",
  ]);
  expect(texts("1,001")).toEqual([
    "1,001 points",
    "1,001 events",
    "1,001 records of a newer writer",
    "1,001 points",
    "1,001 points added",
    "1,001 new points; 1,001 are there already",
    "1,001 points cannot be taken:",
  ]);
});
