import { LIMITS } from "../limits.js";
import { type JsonMember, type JsonNode, JsonTextError } from "./node.js";

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y;
const WORD = /-?[A-Za-z_]\w*/y;
/** A text as most are, without its quotation marks: it stands for itself. */
const PLAIN = /^[^\\\p{Cc}]*$/u;
const STRING = /"[^"\\]*(?:\\[^][^"\\]*)*"/y;

/** Words that JSON, or Python's writer and reader of it, know. */
const LITERALS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };
const NOT_FINITE: ReadonlySet<string> = new Set(["NaN", "Infinity", "-Infinity"]);

/**
 * Reads JSON as Python's `json` module does: RFC 8259, and the numbers `NaN`, `Infinity`, `-Infinity`. Nothing is converted: each node says where
 * its value stands in the text. Messages quote nothing of the text: it may be a file with keys.
 *
 * @param text - the JSON text, without a byte order mark
 * @returns its root
 * @throws JsonTextError with line and column, for what is not JSON and for more than `LIMITS.jsonDepth` levels
 */
export function parseJsonText(text: string): JsonNode {
  let at = 0;

  function fail(problem: string, offset = at): never {
    throw new JsonTextError(text, offset, problem);
  }

  function match(pattern: RegExp): string {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? "";
  }

  function skipBlank(): void {
    let first = text[at];
    while (first === " " || first === "\n" || first === "\t" || first === "\r") first = text[++at];
    if (first === "#" || (first === "/" && (text[at + 1] === "/" || text[at + 1] === "*"))) fail("a comment; JSON has none");
  }

  function readString(): string {
    const start = at;
    const plain = text.slice(at + 1, Math.max(at, text.indexOf('"', at + 1)));
    if (text[at + 1 + plain.length] === '"' && PLAIN.test(plain)) {
      at += plain.length + 2;
      return plain;
    }
    const source = match(STRING);
    if (source === "") fail("a text that is not closed");
    at += source.length;
    try {
      return JSON.parse(source) as string;
    } catch {
      fail("a text with a line break, a control character or a wrong escape in it", start);
    }
  }

  function readMembers(depth: number): JsonMember[] {
    const members: JsonMember[] = [];
    readList("}", () => {
      const start = at;
      if (text[at] !== '"') fail(text[at] === "'" ? "a key in single quotes; JSON has double ones" : "a key in double quotes is missing");
      const key = readString();
      skipBlank();
      if (text[at] !== ":") fail('":" is missing behind the key');
      at++;
      members.push({ key, start, value: readValue(depth) });
    });
    return members;
  }

  /** Reads what stands between brackets, comma by comma. */
  function readList(close: string, readOne: () => void): void {
    at++;
    skipBlank();
    while (text[at] !== close) {
      readOne();
      skipBlank();
      if (text[at] === close) break;
      if (text[at] !== ",") fail(at === text.length ? `"${close}" is missing at the end` : `"," or "${close}" is missing`);
      const comma = at++;
      skipBlank();
      if (text[at] === close) fail(`a comma before "${close}"`, comma);
    }
    at++;
  }

  function readValue(depth: number): JsonNode {
    skipBlank();
    const start = at;
    const first = text[at];
    if ((first === "{" || first === "[") && depth >= LIMITS.jsonDepth) fail(`more than ${LIMITS.jsonDepth} levels in one another`);
    if (first === "{") {
      const members = readMembers(depth + 1);
      return { kind: "object", start, end: at, members };
    }
    if (first === "[") {
      const items: JsonNode[] = [];
      readList("]", () => items.push(readValue(depth + 1)));
      return { kind: "array", start, end: at, items };
    }
    if (first === '"') {
      const value = readString();
      return { kind: "string", start, end: at, value };
    }
    const word = first !== undefined && first >= "0" && first <= "9" ? "" : match(WORD);
    const source = NOT_FINITE.has(word) ? word : match(NUMBER);
    if (source !== "") {
      at += source.length;
      if (/[\w.]/.test(text[at] ?? "")) fail("a number that JSON does not have", start);
      return { kind: "number", start, end: at };
    }
    const value = LITERALS[word];
    if (value === undefined) fail(first === undefined ? "a value is missing at the end" : "something that is not a JSON value");
    at += word.length;
    return { kind: "literal", start, end: at, value };
  }

  const root = readValue(0);
  skipBlank();
  if (at < text.length) fail("more text behind the end of the JSON value");
  return root;
}
