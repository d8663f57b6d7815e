import type { JsonObject } from "./json-file.js";

/**
 * Finds the value of a dotted key: `solverOps.stepvalue.0`. A key that contains dots itself is found when it is written out at its level
 * (`{"a.b": 1}` answers `a.b`); arrays take indices.
 *
 * @param root - the params
 * @param key - dotted key
 * @returns `{ value }`, or `undefined` when there is no such key
 */
export function valueAt(root: unknown, key: string): { value: unknown } | undefined {
  if (typeof root !== "object" || root === null) return undefined;
  if (Object.hasOwn(root, key) && !(Array.isArray(root) && key === "length")) return { value: (root as JsonObject)[key] };
  for (let dot = key.indexOf("."); dot > 0; dot = key.indexOf(".", dot + 1)) {
    const first = valueAt(root, key.slice(0, dot));
    const found = first && valueAt(first.value, key.slice(dot + 1));
    if (found) return found;
  }
  return undefined;
}

/**
 * Sets the value of a dotted key and makes the levels on the way; a level that is not an object is replaced.
 *
 * @param root - the params, changed in place
 * @param key - dotted key
 * @param value - any JSON value
 */
export function setValueAt(root: JsonObject, key: string, value: unknown): void {
  const parts = key.split(".");
  const last = parts.pop() as string;
  let level: JsonObject = root;
  for (const part of parts) {
    const next = Object.hasOwn(level, part) ? level[part] : undefined;
    level = typeof next === "object" && next !== null ? (next as JsonObject) : define(level, part, {});
  }
  define(level, last, value);
}

/** Own property even for names like `__proto__`, which must not reach the prototype. */
function define<Value>(level: JsonObject, name: string, value: Value): Value {
  Object.defineProperty(level, name, { value, writable: true, enumerable: true, configurable: true });
  return value;
}
