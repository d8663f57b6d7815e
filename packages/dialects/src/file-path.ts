import { whyNotName } from "ava-protocol";
import { RefusedError } from "./refused-error.js";

/** Characters of the path of a file. */
const MOST_PATH_CHARS = 1024;

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
  return path.split("/").some((part) => part === "" || part === "." || part === "..") ? "is not a plain path below the run" : undefined;
}
