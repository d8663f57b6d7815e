import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testFolder } from "../../../testing/folder.js";
import { encodeFrame, type Frame, markOf } from "./frame.js";
import { readSegment, type SegmentPart } from "./read-segment.js";
import { SegmentFile } from "./segment-file.js";
import { SEGMENT_HEAD_BYTES } from "./segment-head.js";

/** A segment as the log writes it: requests with and without bodies. */
function writeSegment(count = 6): Buffer {
  const path = join(testFolder(), "00000001.log");
  const file = new SegmentFile(path);
  for (let i = 1; i <= count; i++) file.append({ kind: i % 2 === 0 ? "records" : "facts", i }, Buffer.alloc(i % 2 === 0 ? 30 : 0, i));
  file.close();
  return readFileSync(path);
}

function read(bytes: Buffer): SegmentPart[] {
  return [...(readSegment(bytes) as Iterable<SegmentPart>)];
}

const frames = (parts: SegmentPart[]) => parts.filter((part) => part.kind === "frame");
const gaps = (parts: SegmentPart[]) => parts.filter((part) => part.kind !== "frame");
const numbers = (parts: SegmentPart[]) => frames(parts).map(({ number }) => number);

test("frames with and without a body are read back as they were written, all of them", () => {
  const parts = read(writeSegment());
  expect(parts).toMatchObject([1, 2, 3, 4, 5, 6].map((i) => ({ kind: "frame", number: i, head: { i } })));
  expect(frames(parts).map(({ body }) => body.length)).toEqual([0, 30, 0, 30, 0, 30]);
});

test("a segment that is cut at any byte keeps the frames before the cut, and the rest counts as unfinished", () => {
  const bytes = writeSegment();
  const ends = frames(read(bytes)).map(({ end }) => end);
  for (let cut = 0; cut < bytes.length; cut++) {
    const parts = read(bytes.subarray(0, cut));
    expect(numbers(parts), `cut at ${cut}`).toEqual(numbers(read(bytes)).filter((_, i) => ends[i]! <= cut));
    const wholeBytes = ends.findLast((end) => end <= cut) ?? (cut < SEGMENT_HEAD_BYTES ? 0 : SEGMENT_HEAD_BYTES);
    const rest = cut === wholeBytes ? [] : [{ kind: "unfinished", start: wholeBytes, end: cut }];
    expect(gaps(parts), `cut at ${cut}`).toMatchObject(rest);
  }
});

test("a flipped bit anywhere costs the frame that it is in and no other, and is never taken for an unfinished request", () => {
  const bytes = writeSegment();
  const whole = frames(read(bytes));
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const at = bit >> 3;
    const flipped = Buffer.from(bytes);
    flipped[at]! ^= 1 << (bit & 7);
    const parts = read(flipped);
    const hit = whole.find(({ start, end }) => at >= start && at < end);
    expect(numbers(parts), `bit ${bit}`).toEqual(whole.filter((frame) => frame !== hit).map(({ number }) => number));
    const isLast = hit === whole.at(-1);
    const gap = hit === undefined ? { start: 0, end: SEGMENT_HEAD_BYTES, lostFrames: 0 } : { start: hit.start, end: hit.end };
    expect(gaps(parts), `bit ${bit}`).toMatchObject([
      { kind: "damaged", lostFrames: isLast ? undefined : hit === undefined ? 0 : 1, ...gap },
    ]);
  }
});

test("a stretch that is gone, zeroed or there twice is told with the number of lost frames", () => {
  const bytes = writeSegment();
  const [, second, third, fourth] = frames(read(bytes)) as Frame[];
  const gone = Buffer.concat([bytes.subarray(0, second!.start), bytes.subarray(fourth!.start)]);
  expect(read(gone)).toMatchObject([{ number: 1 }, { kind: "damaged", lostFrames: 2 }, { number: 4 }, { number: 5 }, { number: 6 }]);
  const zeroed = Buffer.from(bytes).fill(0, second!.start + 5, third!.start + 5);
  expect(read(zeroed)).toMatchObject([{ number: 1 }, { kind: "damaged", lostFrames: 2 }, { number: 4 }, { number: 5 }, { number: 6 }]);
  const twice = Buffer.concat([bytes.subarray(0, fourth!.start), bytes.subarray(second!.start)]);
  expect(read(twice)).toMatchObject([
    { number: 1 },
    { number: 2 },
    { number: 3 },
    { kind: "damaged", start: fourth!.start, lostFrames: 0 },
    { number: 4 },
    { number: 5 },
    { number: 6 },
  ]);
});

test("a frame that a client sent as a body is not read as one, where the frame around it is damaged", () => {
  const path = join(testFolder(), "00000001.log");
  const file = new SegmentFile(path);
  const forged = Buffer.concat(encodeFrame(markOf(Buffer.alloc(8)), 2, { kind: "stop", reason: "forged" }, new Uint8Array(0)));
  file.append({ kind: "records", i: 1 }, forged);
  file.append({ kind: "facts", i: 2 }, new Uint8Array(0));
  file.close();
  const bytes = readFileSync(path);
  bytes[SEGMENT_HEAD_BYTES + 16]! ^= 1;
  expect(read(bytes)).toMatchObject([
    { kind: "damaged", lostFrames: 1 },
    { number: 2, head: { i: 2 } },
  ]);
});
