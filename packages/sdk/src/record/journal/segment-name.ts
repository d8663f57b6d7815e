import { readdirSync } from "node:fs";

/** A journal file: one segment of one writer. */
export interface SegmentName {
  writer: string;
  segment: number;
  file: string;
}

const PATTERN = /^([0-9A-Za-z_-]{8,64})\.(\d{6,})\.ava$/;

/**
 * @param writer - id of the writer
 * @param segment - number of the segment, from 0
 * @returns file name of a segment
 */
export function segmentFileName(writer: string, segment: number): string {
  return `${writer}.${String(segment).padStart(6, "0")}.ava`;
}

/**
 * Lists the segments in a journal folder, of one writer or of all.
 *
 * @param folder - journal folder of an instance
 * @param writer - id of one writer, default all
 * @returns segments ordered by writer and number; none when the folder does not exist
 */
export function listSegments(folder: string, writer?: string): SegmentName[] {
  const found: SegmentName[] = [];
  for (const file of listFiles(folder)) {
    const match = PATTERN.exec(file);
    if (match && (writer === undefined || match[1] === writer)) found.push({ writer: match[1]!, segment: Number(match[2]), file });
  }
  return found.sort((a, b) => (a.writer < b.writer ? -1 : a.writer > b.writer ? 1 : a.segment - b.segment));
}

/**
 * @param folder - any
 * @returns names of the regular files in it: to open a pipe would wait for ever; none when there is no such folder
 * @throws the file system's error
 */
export function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? entry.name : []));
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  }
}
