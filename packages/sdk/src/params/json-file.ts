import { readFileSync } from "node:fs";

/** A JSON object as read from a file. */
export type JsonObject = Record<string, unknown>;

/**
 * Reads a file that holds a JSON object.
 *
 * @param file - path
 * @param onError - told why the file gave nothing; a file that does not exist is not an error
 * @returns the object; empty when the file is missing, unreadable, malformed or holds something else
 */
export function readJsonFile(file: string, onError?: (reason: string) => void): JsonObject {
  try {
    // A byte order mark is what editors on Windows put in front.
    const value: unknown = JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
    onError?.("it does not hold a JSON object");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") onError?.((error as Error).message);
  }
  return {};
}
