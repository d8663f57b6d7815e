import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import { readSegment, type SegmentPart } from "./read-segment.js";

const HEAD = [0x41, 0x56, 0x41, 0x4c, 1, 0, 0, 0];

/** A frame as the first platforms wrote it. */
function frameV1(i: number, body: Buffer, sum?: number): Buffer {
  const json = Buffer.from(JSON.stringify({ kind: "facts", atMs: 1, i }));
  const frame = Buffer.concat([Buffer.alloc(12), json, body]);
  frame.writeUInt32LE(frame.length - 8, 0);
  frame.writeUInt32LE(json.length, 8);
  frame.writeUInt32LE(sum ?? crc32(frame.subarray(8)), 4);
  return frame;
}

function read(...frames: Buffer[]): unknown[] {
  const parts = readSegment(Buffer.concat([Buffer.from(HEAD), ...frames])) as Iterable<SegmentPart>;
  return [...parts].map((part) => (part.kind === "frame" ? (part.head as { i: number }).i : part.kind));
}

const none = Buffer.alloc(0);

test("a log of version 1 is read, with the frames without a body that got the sum 0", () => {
  expect(read(frameV1(1, none), frameV1(2, none, 0), frameV1(3, Buffer.from("body")), frameV1(4, none, 0))).toEqual([1, 2, 3, 4]);
  expect(read()).toEqual([]);
});

test("a frame of version 1 with a body and the sum 0 is damage, and so is JSON that cannot be read", () => {
  const broken = frameV1(2, none, 0);
  broken[13] = 0x7b;
  expect(read(frameV1(1, Buffer.from("body"), 0), broken, frameV1(3, none, 0))).toEqual(["damaged", 3]);
});

test("a flipped bit in a log of version 1 costs its frame only", () => {
  const frames = [1, 2, 3, 4].map((i) => frameV1(i, Buffer.alloc(i % 2 === 0 ? 20 : 0, i)));
  const second = frames[1]!;
  for (let bit = 0; bit < second.length * 8; bit++) {
    const flipped = Buffer.from(second);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    expect(read(frames[0]!, flipped, frames[2]!, frames[3]!), `bit ${bit}`).toEqual([1, "damaged", 3, 4]);
  }
});

test("the end of a log of version 1 that a process did not finish is told as that", () => {
  for (let cut = 1; cut < frameV1(2, none).length; cut++) {
    expect(read(frameV1(1, none), frameV1(2, none).subarray(0, cut))).toEqual([1, "unfinished"]);
  }
});

test("a frame of version 1 is found behind damage also where bodies are full of what frames begin with", () => {
  const body = Buffer.alloc(2000, '{"kind":"');
  const broken = frameV1(1, body);
  broken[0]! ^= 1;
  expect(read(broken, frameV1(2, body), frameV1(3, none))).toEqual(["damaged", 2, 3]);
});
