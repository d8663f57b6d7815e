import { lstatSync, readFileSync, statSync } from "node:fs";
import { PlatformError } from "../../../error.js";
import { contentBytesAt, FRAME_MARK, type Frame, markOf, type NoFrame, readFrame } from "./frame.js";
import { findFrameV1, readFrameV1 } from "./frame-v1.js";
import { readSegmentHead, SALT_BYTES, SEGMENT_HEAD_BYTES, SEGMENT_HEAD_V1 } from "./segment-head.js";

/** A stretch of a segment that is not a whole frame. */
export interface Gap {
  /** `unfinished`: the first bytes of a frame at the end of the file, never acknowledged. */
  kind: "damaged" | "unfinished";
  start: number;
  end: number;
  /** Requests that are lost; `undefined` where nothing tells. */
  lostFrames: number | undefined;
}

/** A part of a segment, in its order. */
export type SegmentPart = (Frame & { kind: "frame" }) | Gap;

/** Number of the last frame that was read of each segment, by its salt: a segment that is there once more, under another name, has nothing new. */
export type LastFrames = Map<string, number>;

/** How the frames of one version are read. */
interface Reader {
  start: number;
  /** Names the segment, whatever its file is called; version 1 has none. */
  salt?: string;
  read: (at: number) => Frame | NoFrame;
  /** Finds the next whole frame, one with a number above the last where frames have numbers. */
  find: (from: number, lastNumber: number) => Frame | undefined;
}

/**
 * Reads a segment from its start to its end, past all damage. The parts cover every byte behind the head.
 *
 * @param bytes - the whole segment
 * @param lastFrames - of the segments before; changed as the parts are taken
 * @returns its parts in order; `newer` when a later version wrote it
 */
export function readSegment(bytes: Buffer, lastFrames: LastFrames = new Map()): Iterable<SegmentPart> | "newer" {
  const salt = readSegmentHead(bytes);
  if (salt === "newer") return "newer";
  if (salt === "incomplete" && !bytes.subarray(0, SEGMENT_HEAD_V1.length).equals(SEGMENT_HEAD_V1)) {
    return bytes.length === 0 ? [] : [{ kind: "unfinished", start: 0, end: bytes.length, lostFrames: 0 }];
  }
  return partsOf(bytes, typeof salt === "string" ? readerWithoutHead(bytes) : reader(bytes, salt, SEGMENT_HEAD_BYTES), lastFrames);
}

/**
 * @param path - of a segment
 * @returns its bytes
 * @throws PlatformError `data_dir_unusable` when it cannot be read; the file system's error when it is gone
 */
export function readSegmentFile(path: string): Buffer {
  try {
    if (!statSync(path).isFile()) throw new Error("it is not a file");
    return readFileSync(path);
  } catch (error) {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) throw error;
    const why = error instanceof Error ? error.message : String(error);
    const advice = "Make it readable; or, if it did not come from ava-platform, move it away.";
    throw new PlatformError("data_dir_unusable", `The log segment ${path} cannot be read (${why}). ${advice}`, { cause: error });
  }
}

function* partsOf(bytes: Buffer, { start, salt = "", read, find }: Reader, lastFrames: LastFrames): Generator<SegmentPart> {
  let at = start;
  let lastNumber = lastFrames.get(salt) ?? 0;
  while (at < bytes.length) {
    const here = read(at);
    // A frame that is there once more, by a mistake of the disk, is damage as well.
    const isNext = typeof here !== "string" && (here.number === undefined || here.number > lastNumber);
    const frame = isNext ? here : find(at + 1, lastNumber);
    const isRepeated = typeof here !== "string" && !isNext;
    const lostFrames = frame?.number === undefined ? (isRepeated ? 0 : undefined) : frame.number - lastNumber - 1;
    if (frame?.start !== at || (lostFrames ?? 0) > 0) {
      const kind = here === "incomplete" && frame === undefined ? "unfinished" : "damaged";
      yield { kind, start: at, end: frame?.start ?? bytes.length, lostFrames };
    }
    if (frame === undefined) return;
    yield { kind: "frame", ...frame };
    lastNumber = frame.number ?? lastNumber;
    if (salt !== "") lastFrames.set(salt, lastNumber);
    at = frame.end;
  }
}

function reader(bytes: Buffer, salt: Uint8Array, start: number): Reader {
  const mark = markOf(salt);
  const find = (from: number, lastNumber: number): Frame | undefined => {
    // Only a disk that repeats the heads of frames makes more guesses than there are frames; a bound keeps that linear, too.
    let leftBytes = 8 * bytes.length;
    for (let at = bytes.indexOf(mark, from); at >= 0 && leftBytes > 0; at = bytes.indexOf(mark, at + 1)) {
      const frame = readFrame(bytes, at, mark);
      if (typeof frame === "string") leftBytes -= contentBytesAt(bytes, at);
      else if (frame.number! > lastNumber) return frame;
    }
    return undefined;
  };
  return { start, salt: mark.toString("hex"), read: (at) => readFrame(bytes, at, mark), find };
}

function readerV1(bytes: Buffer, start: number): Reader {
  return { start, read: (at) => readFrameV1(bytes, at), find: (from) => findFrameV1(bytes, from) };
}

/** For a segment of version 1, and for one whose head is damaged: the first whole frame tells the salt. */
function readerWithoutHead(bytes: Buffer): Reader {
  const startV1 = bytes.subarray(0, SEGMENT_HEAD_V1.length).equals(SEGMENT_HEAD_V1) ? SEGMENT_HEAD_V1.length : 0;
  if (startV1 === bytes.length || typeof readFrameV1(bytes, startV1) !== "string") return readerV1(bytes, startV1);
  // Here alone the salt does not keep out what a client sent, so the number of guesses is bounded.
  let guesses = 1000;
  for (let at = bytes.indexOf(FRAME_MARK); at >= 0 && guesses-- > 0; at = bytes.indexOf(FRAME_MARK, at + 1)) {
    const salt = bytes.subarray(at + FRAME_MARK.length, at + FRAME_MARK.length + SALT_BYTES);
    if (typeof readFrame(bytes, at, markOf(salt)) !== "string") return reader(bytes, salt, 0);
  }
  return readerV1(bytes, startV1);
}
