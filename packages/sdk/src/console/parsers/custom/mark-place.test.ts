import { expect, test } from "vitest";
import { createCustomParser } from "./parser.js";

/** The pattern with `^` in front of the place that is marked in the message. */
function marked(pattern: string): string {
  try {
    createCustomParser(pattern, { referenceTimeMs: 0 });
  } catch (error) {
    const [, shown = "", caret = ""] = (error as Error).message.split("\n");
    const place = caret.indexOf("^");
    return place < 0 ? "" : `${shown.slice(0, place)}^${shown.slice(place)}`.trim();
  }
  return "no error";
}

test.each([
  ["loss=(?<loss>\\d+", "loss=^(?<loss>\\d+"],
  ["((?<a>x)", "^((?<a>x)"],
  ["a)(?<b>x)", "a^)(?<b>x)"],
  ["(?<loss>\\d+**)", "(?<loss>\\d+^**)"],
  ["(?<a>[0-9)", "(?<a>^[0-9)"],
  ["(?<a>[z-a])", "(?<a>[z-^a])"],
  ["(?<a>x)\\", "(?<a>x)^\\"],
  ["(?<a>x)(?<a>y)", "(?<a>x)(^?<a>y)"],
  ["(?P<a>x)(?P<b>", "(?P<a>x)^(?P<b>"],
  ["*(?<a>x)", "^*(?<a>x)"],
])("in %s the place is marked", (pattern, expected) => {
  expect(marked(pattern)).toBe(expected);
});

test("of a long pattern what is around the place is shown, on one line", () => {
  const pattern = `${"a".repeat(500)}\n(?<b>${"c".repeat(500)}`;
  expect(marked(pattern)).toBe(`...${"a".repeat(59)} ^(?<b>${"c".repeat(55)}...`);
  expect(marked(`(${"a".repeat(100_000)}`)).toBe("");
});
