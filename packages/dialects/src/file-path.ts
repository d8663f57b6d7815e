import { whyNotName } from "ava-protocol";
import { RefusedError } from "./refused-error.js";

/** Characters of the path of a file. */
export const MOST_PATH_CHARS: number = 1024;
/** Bytes of a part of a path: file systems take no more. */
export const MOST_PART_BYTES: number = 255;
const encoder = new TextEncoder();

/**
 * Checks where a client wants a file of its run to be: below the run, on every system.
 *
 * @param path - decoded
 * @returns the path
 * @throws RefusedError `invalid`
 */
export function checkFilePath(path: string): string {
  const why = whyNotName(path, MOST_PATH_CHARS) ?? whyOutside(path);
  if (why !== undefined) throw new RefusedError("invalid", `the path of the file ${why}`);
  return path;
}

function whyOutside(path: string): string | undefined {
  if (path.startsWith("/") || /^[A-Za-z]:/.test(path)) return "is absolute";
  if (path.includes("\\")) return "has a backslash in it";
  const parts = path.split("/");
  if (parts.some((part) => part === "" || part === "." || part === "..")) return "is not a plain path below the run";
  return parts.some((part) => encoder.encode(part).length > MOST_PART_BYTES)
    ? `has a name of more than ${MOST_PART_BYTES} bytes in it`
    : undefined;
}
