import { describe, expect, it } from "vitest";
import { randomOf, seedOfTest } from "../../../../../../tests/random.js";
import { requiredText } from "./required-text.js";

describe("a text that is in every match", () => {
  it.each<[string, string | undefined]>([
    ["loss (?<loss>\\S+)", "loss "],
    ["^step (?<step>\\d+) took (?<took>\\S+) ms$", " took "],
    ["acc(?:uracy)?=(?<acc>[\\d.]+)", "acc"],
    ["a+b=(?<a>\\d)", "b="],
    ["x*y\\.z(?<a>\\d)", "y.z"],
    ["(?<name>loss|acc): (?<value>\\S+)", ": "],
    ["loss (?<loss>\\d)|acc (?<acc>\\d)", undefined],
    ["(?:validation )?(?<a>\\d)", undefined],
    ["(?:val_){2}(?<a>\\d)", "val_"],
    ["(?:val_){0,2}(?<a>\\d)", undefined],
    ["(?<=loss )(?<a>\\d)", undefined],
    ["\\u{6c}oss (?<a>\\d)", undefined],
    ["(?<a>\\d) (?<b>x)\\k<b> it", undefined],
    ["(?i:loss) (?<a>\\d)", undefined],
    ["损失 = (?<a>\\d)", " = "],
    ["[a[b]] c(?<a>\\d)", undefined],
  ])("of %s is %s", (source, text) => {
    expect(requiredText(source)).toBe(text);
  });

  it("is in every text that a random regex matches", () => {
    const { below, pick } = randomOf(seedOfTest());
    const atoms = ["a", "b", "ab", " ", ".", "\\.", "\\d", "[ab]", "[^a]", "(?<x>a)", "(?:ab|b)", "(?:a b)", "^", "\\b", "(?=a)", "é"];
    const signs = ["", "", "", "?", "*", "+", "+?", "{2}", "{0,1}", "|"];
    const joined = (count: number, draw: () => string): string => Array.from({ length: count }, draw).join("");
    let matches = 0;
    const missed: string[] = [];
    for (let round = 0; round < 20_000; round += 1) {
      const source = joined(below(6), () => pick(atoms) + pick(signs));
      const text = joined(below(12), () => pick(["a", "b", " ", ".", "1", "é"]));
      const required = requiredText(source);
      if (required === undefined || !isMatch(source, text)) continue;
      matches += 1;
      if (!text.includes(required)) missed.push(`${source} in ${text}`);
    }
    expect(missed).toEqual([]);
    expect(matches).toBeGreaterThan(100);
  });
});

function isMatch(source: string, text: string): boolean {
  try {
    return new RegExp(source).test(text);
  } catch {
    // `^*`, two groups of one name.
    return false;
  }
}
