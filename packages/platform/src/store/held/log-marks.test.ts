import { expect, test } from "vitest";
import { decodeMarks, encodeMarks } from "./log-marks.js";

const MARKS = [
  { offset: 10, timeNs: 1_700_000_000_000_000_000n, stream: 7 },
  { offset: 90, timeNs: -5n },
  { offset: 130, timeNs: 2n, stream: 0xffff_fffe },
];

test("records of a piece come back with time and stream, the first one may begin before it", () => {
  expect(decodeMarks({ start: 50, marks: encodeMarks(MARKS, 50, 100) })).toEqual(MARKS);
  expect(decodeMarks({ start: 100, marks: encodeMarks(MARKS, 100, 30) })).toEqual(MARKS.slice(1, 2));
  expect(decodeMarks({ start: 0, marks: encodeMarks([], 0, 30) })).toEqual([]);
});

test("marks that an earlier platform wrote have times and no streams", () => {
  const marks = Buffer.alloc(24);
  marks.writeInt32LE(-40, 0);
  marks.writeBigInt64LE(MARKS[0]!.timeNs, 4);
  marks.writeInt32LE(40, 12);
  marks.writeBigInt64LE(MARKS[1]!.timeNs, 16);
  expect(decodeMarks({ start: 50, marks })).toEqual([{ offset: 10, timeNs: MARKS[0]!.timeNs }, MARKS[1]]);
  expect(decodeMarks({ start: 50, marks: null })).toEqual([]);
});
