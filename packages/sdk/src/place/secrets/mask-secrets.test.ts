import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { maskCode, maskCommand, maskText } from "./mask-secrets.js";

interface Vectors {
  text: [text: string, masked: string][];
  command: [command: string[], masked: string[]][];
  code: [line: string, masked: string][];
}

// Texts are cut in two, so that this repository's vectors are not taken for secrets that leaked.
const vectors = JSON.parse(
  readFileSync(new URL("../../../../../tests/vectors/secrets.json", import.meta.url), "utf8").replaceAll("<CUT>", ""),
) as Vectors;

test.each(vectors.text)("words for people: %s", (text, masked) => {
  expect(maskText(text)).toBe(masked);
  expect(maskText(maskText(text))).toBe(masked);
});

test.each(vectors.command)("a command line: %j", (command, masked) => {
  expect(maskCommand(command)).toEqual(masked);
});

test.each(vectors.code)("a line of a diff: %s", (line, masked) => {
  expect(maskCode(`@@ -1 +1 @@\n${line}\n`)).toBe(`@@ -1 +1 @@\n${masked}\n`);
});

test("what a shape is looked for in may be long and strange: it costs no more than its length", () => {
  const texts = [
    "a.",
    "key",
    "-----BEGIN RSA PRIVATE KEY-----\n",
    "http://a:",
    "eyJaaaaa.",
    "mysql -p",
    "Authorization: ",
    "-a -p ",
    "xoxb-",
    "'",
    '"',
    "p:",
    "x='",
  ];
  for (const text of texts) {
    const long = text.repeat(262_144 / text.length);
    expect(maskCode(long).split("\n")).toHaveLength(long.split("\n").length);
    expect(maskCommand([long])).toHaveLength(1);
  }
}, 30_000);
