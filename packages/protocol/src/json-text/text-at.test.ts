import { expect, test } from "vitest";
import { randomOf, seedOfTest } from "../../../../tests/random.js";
import { nodeAt } from "./node.js";
import { parseJsonText } from "./parse.js";
import { textAt } from "./text-at.js";

const KEYS = ["a", "b", "a.b", "0", "1", "", "\\", 'q"', "é", "__proto__"];
const PLAIN = ["1", "-0.5e+3", "NaN", "-Infinity", "true", "null", '""', '"a\\"}b"', '"\\\\"', '"é, ]"', "12345678901234567890"];

test("a value that is found in a text is the one that is found among all that are read", () => {
  const { below, pick, chance } = randomOf(seedOfTest());
  const blank = (): string => pick(["", "", " ", "\n\t"]);
  const key = (): string => (chance(0.1) ? '"\\u0061"' : JSON.stringify(pick(KEYS)));
  const value = (depth: number): string => {
    const kind = depth > 3 ? 0 : below(3);
    if (kind === 0) return pick(PLAIN);
    const items = Array.from(
      { length: below(4) },
      () => blank() + (kind === 1 ? `${key()}${blank()}:${blank()}` : "") + value(depth + 1) + blank(),
    );
    const inside = items.length === 0 ? blank() : items.join(",");
    return kind === 1 ? `{${inside}}` : `[${inside}]`;
  };
  let found = 0;
  for (let i = 0; i < 2000; i++) {
    const text = blank() + value(0) + blank();
    const root = parseJsonText(text);
    const dotted = Array.from({ length: 1 + below(3) }, () => pick(KEYS)).join(".");
    const node = nodeAt(root, dotted);
    expect(textAt(text, dotted), `${dotted} in ${text}`).toBe(node && text.slice(node.start, node.end));
    if (node !== undefined) found++;
    // It comes to an end in a text that was cut off, too.
    const cut = outcome(() => textAt(text.slice(0, below(text.length)), dotted));
    expect(cut === undefined || typeof cut === "string" || cut instanceof SyntaxError).toBe(true);
  }
  expect(found).toBeGreaterThan(50);
});

function outcome(find: () => unknown): unknown {
  try {
    return find();
  } catch (error) {
    return error;
  }
}
