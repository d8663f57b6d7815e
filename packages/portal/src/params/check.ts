import { flattenParams, type JsonMember, type JsonNode, type JsonTextError, parseJsonText, whyNotParamsText } from "ava-protocol";

/** What is found in a text of params: how many there are, or what is wrong and where. */
export type ParamsCheck = { count: number } | { problem: string; line: number; column: number; offset: number };

/**
 * @param text - params as a person writes them
 * @returns whether they can be saved
 */
export function checkParams(text: string): ParamsCheck {
  try {
    const again = firstAgain(parseJsonText(text));
    if (again !== undefined) return { ...placeOf(text, again.start), problem: `${JSON.stringify(again.key)} stands twice in this object` };
  } catch (error) {
    const { offset, message } = error as JsonTextError;
    const place = placeOf(text, offset);
    return { ...place, problem: message.replace(`line ${place.line}, column ${place.column}: `, "") };
  }
  const why = whyNotParamsText(text);
  return why === undefined ? { count: flattenParams(text).length } : { line: 1, column: 1, offset: 0, problem: why };
}

function placeOf(text: string, offset: number): { line: number; column: number; offset: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1, offset };
}

/** The first member whose key its object has already: of both, runs would see the last one alone. */
function firstAgain(node: JsonNode): JsonMember | undefined {
  if (node.kind === "array") return firstOf(node.items, firstAgain);
  if (node.kind !== "object") return undefined;
  const keys = new Set<string>();
  return firstOf(node.members, (member) => {
    if (keys.has(member.key)) return member;
    keys.add(member.key);
    return firstAgain(member.value);
  });
}

function firstOf<Item>(items: readonly Item[], find: (item: Item) => JsonMember | undefined): JsonMember | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
