import { LIMITS } from "../limits.js";

/** Characters that a text may still get. */
interface Room {
  chars: number;
}

/**
 * Writes a value of a program as JSON text: as `JSON.stringify`, but bigints are integers, and `NaN`, `Infinity`, `-Infinity` and -0 stay what they
 * are, as Python's `json` module writes them.
 *
 * @param value - an object, array, text, number, bigint, boolean or null; what has `toJSON` is what that gives
 * @param mostChars - room for the text: a few objects that share their children can mean more text than there are atoms
 * @param onCut - told when something had no room
 * @returns the text; members and items that JSON does not have (functions, symbols, `undefined`) are left out or `null`, as with `JSON.stringify`;
 *   so is what contains itself and what lies below `LIMITS.jsonDepth` levels, and what has no room; what throws when it is read is `null`
 */
export function writeJsonText(value: unknown, mostChars: number = Infinity, onCut?: () => void): string {
  const room: Room = { chars: mostChars };
  const text = write(value, "", [], room) ?? "null";
  if (room.chars < 0) onCut?.();
  return text;
}

function write(given: unknown, key: string, outer: readonly object[], room: Room): string | undefined {
  const value = fromToJson(given, key);
  if (typeof value !== "object" || value === null) {
    const text = scalarText(value);
    return take(text?.length ?? 0, room) ? text : undefined;
  }
  if (outer.includes(value) || outer.length === LIMITS.jsonDepth) return undefined;
  const inside = [...outer, value];
  if (!take(2, room)) return undefined;
  if (Array.isArray(value)) return `[${itemsOf(value, inside, room).join(", ")}]`;
  const members: string[] = [];
  for (const name of namesIn(value)) {
    const named = `${JSON.stringify(name)}: `;
    if (!take(named.length + 2, room)) break;
    const text = write(readMember(value, name), name, inside, room);
    if (text !== undefined) members.push(named + text);
  }
  return `{${members.join(", ")}}`;
}

function itemsOf(array: readonly unknown[], inside: readonly object[], room: Room): string[] {
  const items: string[] = [];
  for (const [index, item] of array.entries()) {
    if (!take(2, room)) break;
    const text = write(item, String(index), inside, room);
    if (room.chars >= 0 || text !== undefined) items.push(text ?? "null");
  }
  return items;
}

/** Once something had no room, nothing has. @returns whether there was room */
function take(chars: number, room: Room): boolean {
  if (room.chars >= 0) room.chars -= chars;
  return room.chars >= 0;
}

function scalarText(value: unknown): string | undefined {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Object.is(value, -0) ? "-0.0" : String(value);
  return JSON.stringify(value);
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
