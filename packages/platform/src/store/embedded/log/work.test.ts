import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as Zlib from "node:zlib";
import { expect, test, vi } from "vitest";
import { testFolder } from "../../../testing/folder.js";
import { FRAME_HEAD_BYTES, type Frame } from "./frame.js";
import { readSegment, type SegmentPart } from "./read-segment.js";
import { SegmentFile } from "./segment-file.js";

/** Bytes that were summed up. */
const work = vi.hoisted(() => ({ summed: 0 }));

vi.mock("node:zlib", async (original) => {
  const zlib = await original<typeof Zlib>();
  const crc32 = (bytes: Uint8Array, sum?: number) => {
    work.summed += bytes.length;
    return zlib.crc32(bytes, sum);
  };
  return { ...zlib, crc32 };
});

const REQUESTS = 4_000;

function writeSegment(): { bytes: Buffer; frames: Frame[] } {
  const path = join(testFolder(), "00000001.log");
  const file = new SegmentFile(path);
  for (let i = 0; i < REQUESTS; i++) file.append({ kind: "records", i }, Buffer.alloc(i % 50, i));
  file.close();
  const bytes = readFileSync(path);
  return { bytes, frames: [...(readSegment(bytes) as Iterable<SegmentPart>)].filter((part) => part.kind === "frame") };
}

test.each<[string, number, (bytes: Buffer, frames: Frame[]) => Buffer]>([
  ["nowhere", REQUESTS, (bytes) => bytes],
  [
    "at every second request, in its content",
    REQUESTS / 2,
    (bytes, frames) => {
      for (const { start } of frames.filter((_, index) => index % 2 === 0)) bytes[start + FRAME_HEAD_BYTES]! ^= 1;
      return bytes;
    },
  ],
  [
    "at every second request, in its lengths",
    REQUESTS / 2,
    (bytes, frames) => {
      for (const { start } of frames.filter((_, index) => index % 2 === 0)) bytes[start + 21]! ^= 0xff;
      return bytes;
    },
  ],
  [
    "in one stretch of zeroes",
    REQUESTS / 2,
    (bytes, frames) => bytes.fill(0, frames[REQUESTS / 4]!.start, frames[REQUESTS / 4 + REQUESTS / 2]!.start),
  ],
  ["by its end being there twice", REQUESTS, (bytes, frames) => Buffer.concat([bytes, bytes.subarray(frames[REQUESTS / 2]!.start)])],
])("a log that is damaged %s is summed up no more than some times, and its other requests are kept", (_, kept, damage) => {
  const { bytes, frames } = writeSegment();
  const damaged = damage(Buffer.from(bytes), frames);
  work.summed = 0;
  const parts = [...(readSegment(damaged) as Iterable<SegmentPart>)];
  expect(parts.filter(({ kind }) => kind === "frame")).toHaveLength(kept);
  expect(work.summed / damaged.length).toBeLessThan(4);
});
