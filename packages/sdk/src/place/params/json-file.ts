import { readFileSync } from "node:fs";
import { type JsonText, parseJsonText, plainJsonValue } from "ava-protocol";

/** A JSON object as read from a file. */
export type JsonObject = Record<string, unknown>;

/**
 * Reads the text of a file that holds a JSON object, as Python reads it: with or without a byte order mark, `NaN` and `Infinity` are numbers.
 *
 * @param file - path
 * @param onError - told why the file gave nothing; a file that does not exist is not an error
 * @returns the text without its byte order mark; `{}` when the file is missing, unreadable, malformed or holds something else
 */
export function readJsonText(file: string, onError?: (reason: string) => void): JsonText {
  try {
    const text = decode(readFileSync(file));
    const root = parseJsonText(text);
    if (root.kind === "object") return { text, root };
    onError?.("it does not hold a JSON object");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") onError?.((error as Error).message);
  }
  return { text: "{}", root: parseJsonText("{}") };
}

/**
 * As {@link readJsonText}, for the values, in a form that goes into JSON again: see {@link plainJsonValue}.
 *
 * @param file - path
 * @param onError - told why the file gave nothing; a file that does not exist is not an error
 * @returns the object; empty when the file is missing, unreadable, malformed or holds something else
 */
export function readJsonFile(file: string, onError?: (reason: string) => void): JsonObject {
  const { text, root } = readJsonText(file, onError);
  return plainJsonValue(text, root) as JsonObject;
}

function decode(bytes: Buffer): string {
  if (bytes.subarray(0, 2).some((byte) => byte === 0 || byte >= 0xfe)) throw new Error("it is UTF-16 or binary; save it as UTF-8");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error("it is not UTF-8 (GBK, perhaps); save it as UTF-8");
  }
}
