import { LIMITS } from "../limits.js";

/**
 * Writes a value of a program as JSON text: as `JSON.stringify`, but bigints are integers, and `NaN`, `Infinity`, `-Infinity` and -0 stay what they
 * are, as Python's `json` module writes them.
 *
 * @param value - an object, array, text, number, bigint, boolean or null; what has `toJSON` is what that gives
 * @returns the text; members and items that JSON does not have (functions, symbols, `undefined`) are left out or `null`, as with `JSON.stringify`;
 *   so is what contains itself and what lies below `LIMITS.jsonDepth` levels; what throws when it is read is `null`
 */
export function writeJsonText(value: unknown): string {
  return write(value, "", []) ?? "null";
}

function write(given: unknown, key: string, outer: readonly object[]): string | undefined {
  const value = fromToJson(given, key);
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Object.is(value, -0) ? "-0.0" : String(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (outer.includes(value) || outer.length === LIMITS.jsonDepth) return undefined;
  const inside = [...outer, value];
  if (Array.isArray(value)) return `[${Array.from(value, (item, index) => write(item, String(index), inside) ?? "null").join(", ")}]`;
  const members: string[] = [];
  for (const name of namesIn(value)) {
    const text = write(readMember(value, name), name, inside);
    if (text !== undefined) members.push(`${JSON.stringify(name)}: ${text}`);
  }
  return `{${members.join(", ")}}`;
}

function fromToJson(value: unknown, key: string): unknown {
  if (typeof value !== "object" || value === null) return value;
  try {
    const { toJSON } = value as { toJSON?: unknown };
    return typeof toJSON === "function" ? toJSON.call(value, key) : value;
  } catch {
    return null;
  }
}

function namesIn(value: object): string[] {
  try {
    return Object.keys(value);
  } catch {
    // A proxy that does not let itself be listed.
    return [];
  }
}

function readMember(value: object, name: string): unknown {
  try {
    return (value as Record<string, unknown>)[name];
  } catch {
    return null;
  }
}
