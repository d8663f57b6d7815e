import { childOf, type JsonNode, JsonTextError, nodeAt } from "./node.js";
import { parseJsonText } from "./parse.js";

/**
 * Sets the value of a dotted key in a JSON text and leaves every other character as it is. A key that is there is replaced where it stands; levels that are
 * missing are made, and what is not an object or array on the way is replaced by one. New members go to the end of their object, in its layout.
 *
 * @param text - text of a JSON object
 * @param key - dotted key: `solver.lr`; arrays take indices, up to their length
 * @param value - JSON text of the new value
 * @returns the new text
 * @throws JsonTextError when the text is not a JSON object
 * @throws RangeError for an index beyond the end of an array
 */
export function setJsonText(text: string, key: string, value: string): string {
  const root = parseJsonText(text);
  if (root.kind !== "object") throw new JsonTextError(text, root.start, "a JSON object is missing");
  const found = nodeAt(root, key);
  if (found) return replace(text, found, value);
  const { level, rest } = placeFor(root, key);
  const [part, ...deeper] = rest.split(".") as [string, ...string[]];
  const inner = nest(deeper, value);
  const scalar = childOf(level, part);
  return scalar ? replace(text, scalar, inner) : insert(text, level, part, inner);
}

/** The deepest level on the way of a key that is there, also one whose own key contains dots, and what of the key is left. */
function placeFor(level: JsonNode, key: string): { level: JsonNode; rest: string } {
  for (let dot = key.indexOf("."); dot >= 0; dot = key.indexOf(".", dot + 1)) {
    const next = childOf(level, key.slice(0, dot));
    if (next?.kind === "object" || next?.kind === "array") return placeFor(next, key.slice(dot + 1));
  }
  return { level, rest: key };
}

function replace(text: string, { start, end }: Span, value: string): string {
  return text.slice(0, start) + value + text.slice(end);
}

function nest(parts: readonly string[], value: string): string {
  return parts.reduceRight((inner, part) => `{${JSON.stringify(part)}: ${inner}}`, value);
}

/** Puts a new member or item behind the last one of its level, with what separates the others. */
function insert(text: string, level: JsonNode, key: string, value: string): string {
  if (level.kind === "array") {
    if (key !== String(level.items.length)) throw new RangeError(`a list of ${level.items.length} items has no place "${key}"`);
    return insertLast(text, level, level.items, value);
  }
  const members = level.kind === "object" ? level.members : [];
  const [first] = members;
  const colon = first ? /:\s*$/.exec(text.slice(first.start, first.value.start))![0] : ": ";
  const spans = members.map((member) => ({ start: member.start, end: member.value.end }));
  return insertLast(text, level, spans, JSON.stringify(key) + colon + value);
}

interface Span {
  start: number;
  end: number;
}

function insertLast(text: string, level: Span, parts: readonly Span[], part: string): string {
  const [last, before] = [parts.at(-1), parts.at(-2)];
  if (!last) return replace(text, { start: level.start + 1, end: level.end - 1 }, part);
  const lead = text.slice(level.start + 1, last.start);
  const separator = before ? text.slice(before.end, last.start) : `,${lead.includes("\n") ? lead : " "}`;
  return replace(text, { start: last.end, end: last.end }, separator + part);
}
