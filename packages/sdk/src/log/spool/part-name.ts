import { ownThread } from "../../machine/thread-identity.js";

/** Name of a part, taken apart. */
export interface PartName {
  file: string;
  /** Thread that writes it. */
  thread: string;
  /** Thread and writer: what the parts of one writer share. */
  writer: string;
  part: number;
}

const PATTERN = /^((\w+-\d+-\d+-\d+)\.[0-9a-f]{16})\.(\d{6,})\.part$/;

/**
 * @param writer - random id of a writer of this thread
 * @param part - number of the part
 * @returns file name
 */
export function partFileName(writer: string, part: number): string {
  return `${ownThread()}.${writer}.${String(part).padStart(6, "0")}.part`;
}

/**
 * @param files - names of files in the spool
 * @returns the parts among them; those of a writer in their order
 */
export function listParts(files: readonly string[]): PartName[] {
  const parts = files.flatMap((file) => {
    const [, writer, thread, part] = PATTERN.exec(file) ?? [];
    return writer && thread ? [{ file, thread, writer, part: Number(part) }] : [];
  });
  return parts.toSorted((a, b) => a.part - b.part);
}
