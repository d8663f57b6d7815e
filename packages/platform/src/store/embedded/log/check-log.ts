import { counted } from "../../../counted.js";
import { PlatformError } from "../../../error.js";
import { type Gap, type LastFrames, readSegment, readSegmentFile } from "./read-segment.js";
import { listSegments, segmentPath } from "./segment-name.js";

/** Something in a file of the store that a person should know. */
export interface Finding {
  /** `unfinished`: a request that was never acknowledged; nothing is lost. */
  kind: "damaged" | "unfinished";
  file: string;
  /** Offset of the first byte. */
  offset: number;
  bytes: number;
  /** A sentence: what it is, what is lost, what to do. */
  message: string;
}

/**
 * Looks through the append log without changing anything.
 *
 * @param folder - folder of the segments
 * @param first - number of the first segment that the database does not contain
 * @returns what is not whole, in order
 */
export function checkLog(folder: string, first: number): Finding[] {
  const lastFrames: LastFrames = new Map();
  return listSegments(folder)
    .filter((segment) => segment >= first)
    .flatMap((segment) => checkSegment(segmentPath(folder, segment), lastFrames));
}

function checkSegment(file: string, lastFrames: LastFrames): Finding[] {
  let bytes: Buffer;
  try {
    bytes = readSegmentFile(file);
  } catch (error) {
    if (!(error instanceof PlatformError)) throw error;
    return [{ kind: "damaged", file, offset: 0, bytes: 0, message: error.message }];
  }
  const parts = readSegment(bytes, lastFrames);
  if (parts === "newer") return [{ kind: "damaged", file, offset: 0, bytes: 0, message: "A newer ava-platform wrote it: use that one." }];
  const findings: Finding[] = [];
  for (const part of parts) if (part.kind !== "frame") findings.push(describeGap(file, part));
  return findings;
}

/**
 * @param file - the segment
 * @param gap - a stretch of it
 */
export function describeGap(file: string, gap: Gap): Finding {
  const { kind, start, end, lostFrames } = gap;
  const place = { kind, file, offset: start, bytes: end - start };
  if (kind === "unfinished") {
    const message = `${file} ends with ${counted(end - start, "byte")} of an unfinished request, which was never acknowledged. Nothing is lost.`;
    return { ...place, message };
  }
  const message = `${file} is damaged from byte ${start} on, ${counted(end - start, "byte")}: ${lossOf(lostFrames)}. Check the disk.`;
  return { ...place, message };
}

function lossOf(lostFrames: number | undefined): string {
  if (lostFrames === 0) return "they hold no request that is not read elsewhere, nothing is lost";
  const lost = lostFrames === undefined ? "at least one request is" : counted(lostFrames, "request is", "requests are");
  return `${lost} lost, all others are kept`;
}
