import { expect, test } from "vitest";
import { type ParsedLine, parseLine } from "./line.js";

test.each([
  ["m v=1", { measurement: "m", tags: {}, fields: { v: 1 }, timeNs: undefined }],
  ["m,a=b,c=d v=1,w=-2.5e3 42", { measurement: "m", tags: { a: "b", c: "d" }, fields: { v: 1, w: -2500 }, timeNs: 42n }],
  ["m v=1 -9223372036854775808", { measurement: "m", tags: {}, fields: { v: 1 }, timeNs: -9_223_372_036_854_775_808n }],
  ["a\\ b\\,c,t\\=1\\ x=y\\,z\\ w f\\ 1=2", { measurement: "a b,c", tags: { "t=1 x": "y,z w" }, fields: { "f 1": 2 }, timeNs: undefined }],
  [
    "m a=5i,b=6u,c=t,d=False,e=.5,f=5.",
    { measurement: "m", tags: {}, fields: { a: 5, b: 6, c: true, d: false, e: 0.5, f: 5 }, timeNs: undefined },
  ],
  [
    "m a=nan,b=inf,c=-inf",
    { measurement: "m", tags: {}, fields: { a: Number.NaN, b: Number.POSITIVE_INFINITY, c: Number.NEGATIVE_INFINITY }, timeNs: undefined },
  ],
  ['m s="a, b=c \\"d\\" \\\\ é" 7', { measurement: "m", tags: {}, fields: { s: 'a, b=c "d" \\ é' }, timeNs: 7n }],
  ['m s="the\\ old\\,client\\=too",v=1', { measurement: "m", tags: {}, fields: { s: "the old,client=too", v: 1 }, timeNs: undefined }],
  ['m s="c:\\windows"', { measurement: "m", tags: {}, fields: { s: "c:\\windows" }, timeNs: undefined }],
  ["m,empty=  v=1   9", { measurement: "m", tags: { empty: "" }, fields: { v: 1 }, timeNs: 9n }],
])("reads %s", (line, expected) => {
  const { tags, fields, ...rest } = parseLine(line) as ParsedLine;
  expect({ ...rest, tags: Object.fromEntries(tags), fields: Object.fromEntries(fields) }).toEqual(expected);
});

test.each([
  "m",
  "m v",
  "m v=",
  "m,t v=1",
  "m,=x v=1",
  ",t=1 v=1",
  "m =1",
  "m v=abc",
  'm s="open',
  "m v=1 now",
  "m v=1 1.5",
  "m v=1,",
  'm s="a"b',
  "m v=1 1 2",
])("says what is wrong with %s", (line) => {
  expect(parseLine(line)).toMatch(/\w/);
});
