/** A field's value: numbers and booleans become points, text does not. */
export type FieldValue = number | boolean | string;

/** One line of line protocol. */
export interface ParsedLine {
  measurement: string;
  tags: ReadonlyMap<string, string>;
  fields: ReadonlyMap<string, FieldValue>;
  timeNs: bigint | undefined;
}

/** `text` up to a character that ends it, without its escapes, and the offset of that character. */
interface Token {
  text: string;
  end: number;
}

/** Each digit can be read in one way only: else a long text that is not a number takes hours. */
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?[iu]?$/;
const SPECIAL: ReadonlyMap<string, FieldValue> = new Map<string, FieldValue>([
  ...["t", "T", "true", "True", "TRUE"].map((text) => [text, true] as const),
  ...["f", "F", "false", "False", "FALSE"].map((text) => [text, false] as const),
  ...["nan", "NaN", "NAN", "-nan"].map((text) => [text, Number.NaN] as const),
  ...["inf", "+inf", "Inf", "+Inf", "Infinity"].map((text) => [text, Number.POSITIVE_INFINITY] as const),
  ...["-inf", "-Inf", "-Infinity"].map((text) => [text, Number.NEGATIVE_INFINITY] as const),
]);

/**
 * Parses one line: `measurement[,tag=value...] field=value[,field=value...] [time]`, see docs/formats/line-protocol.md.
 *
 * @param line - a line without its end
 * @returns the line's facts, or what is wrong with it
 */
export function parseLine(line: string): ParsedLine | string {
  const measurement = readToken(line, 0, ", ");
  if (measurement.text === "") return "no measurement";
  const tags = new Map<string, string>();
  let at = measurement.end;
  while (line[at] === ",") {
    const key = readToken(line, at + 1, "=, ");
    if (line[key.end] !== "=" || key.text === "") return "a tag without a value";
    const value = readToken(line, key.end + 1, ", ");
    tags.set(key.text, value.text);
    at = value.end;
  }
  at = skipSpaces(line, at);
  const fields = new Map<string, FieldValue>();
  for (let isFirst = true; isFirst || line[at] === ","; isFirst = false) {
    const key = readToken(line, isFirst ? at : at + 1, "=, ");
    if (line[key.end] !== "=" || key.text === "") return "no field";
    const field = readValue(line, key.end + 1);
    if (typeof field === "string") return field;
    fields.set(key.text, field.value);
    at = field.end;
  }
  if (at < line.length && line[at] !== " ") return "text after a field";
  const time = line.slice(skipSpaces(line, at)).trimEnd();
  if (time !== "" && !/^-?\d{1,19}$/.test(time)) return "a time that is not whole nanoseconds";
  return { measurement: measurement.text, tags, fields, timeNs: time === "" ? undefined : BigInt.asIntN(64, BigInt(time)) };
}

function readValue(line: string, at: number): { value: FieldValue; end: number } | string {
  if (line[at] === '"') {
    const text = readQuoted(line, at + 1);
    return text === undefined ? "a quoted text without its end" : { value: text.text, end: text.end };
  }
  let end = at;
  while (end < line.length && line[end] !== "," && line[end] !== " ") end++;
  const text = line.slice(at, end);
  const special = SPECIAL.get(text);
  if (special !== undefined) return { value: special, end };
  if (!NUMBER.test(text)) return `"${text.slice(0, 40)}" is not a value`;
  return { value: Number(/[iu]$/.test(text) ? text.slice(0, -1) : text), end };
}

/** Inside quotes a backslash takes `"` and itself, and `,` ` ` `=`, which the old client escaped there too. */
function readQuoted(line: string, start: number): Token | undefined {
  let text = "";
  for (let at = start; at < line.length; at++) {
    const char = line[at]!;
    if (char === '"') return { text, end: at + 1 };
    const next = line[at + 1];
    if (char === "\\" && next !== undefined && '"\\, ='.includes(next)) {
      text += next;
      at++;
    } else text += char;
  }
  return undefined;
}

function readToken(line: string, start: number, enders: string): Token {
  let text = "";
  let at = start;
  for (; at < line.length; at++) {
    const char = line[at]!;
    const next = line[at + 1];
    if (char === "\\" && next !== undefined && ",= \\".includes(next)) {
      text += next;
      at++;
    } else if (enders.includes(char)) break;
    else text += char;
  }
  return { text, end: at };
}

function skipSpaces(line: string, start: number): number {
  let at = start;
  while (line[at] === " ") at++;
  return at;
}
