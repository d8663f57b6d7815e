import { readdirSync } from "node:fs";
import { join } from "node:path";

const NAME = /^(\d{8,15})\.log$/;

/** @returns the file of a segment */
export function segmentPath(folder: string, segment: number): string {
  return join(folder, `${String(segment).padStart(8, "0")}.log`);
}

/** @returns numbers of the segments in a folder, in order */
export function listSegments(folder: string): number[] {
  return readdirSync(folder)
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}
