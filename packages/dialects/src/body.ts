import { type JsonNode, jsonValue, LIMITS, parseJsonText } from "ava-protocol";
import { RefusedError } from "./refused-error.js";

/**
 * @param body - of a request
 * @param maxBytes - what it may hold
 * @returns its text
 * @throws RefusedError `too_large`
 */
export async function readText(body: AsyncIterable<Uint8Array>, maxBytes: number = LIMITS.recordsBodyBytes): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new RefusedError("too_large", `the body has more than ${maxBytes} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/**
 * Reads the text of a JSON value; `NaN` and the infinities may stand in it bare.
 *
 * @param text - JSON as clients write it
 * @returns the value; integers that a float64 does not hold are bigints only in a text that is not strict JSON
 * @throws RefusedError `invalid`
 */
export function parseLenient(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return parseWithNames(text);
  }
}

function parseWithNames(text: string): unknown {
  return jsonValue(text, jsonRoot(text));
}

/**
 * @param text - JSON as clients write it
 * @returns its root, by which each value is found digit for digit
 * @throws RefusedError `invalid`, also for what is nested too deeply
 */
export function jsonRoot(text: string): JsonNode {
  try {
    return parseJsonText(text);
  } catch (error) {
    throw new RefusedError("invalid", `the body is not JSON: ${(error as Error).message}`);
  }
}

/**
 * @param value - of any type
 * @returns it, where it is a JSON object
 */
export function asObject(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

/** Reads a body that must be a JSON object. @param body - of a request @param maxBytes - what it may hold @returns the object @throws RefusedError */
export async function readObject(body: AsyncIterable<Uint8Array>, maxBytes?: number): Promise<Readonly<Record<string, unknown>>> {
  const text = await readText(body, maxBytes);
  const object = asObject(text.trim() === "" ? {} : parseLenient(text));
  if (object === undefined) throw new RefusedError("invalid", "the body is not a JSON object");
  return object;
}
