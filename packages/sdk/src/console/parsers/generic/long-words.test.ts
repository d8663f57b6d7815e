import { expect, it } from "vitest";
import { readMetrics } from "../../../testing/console-corpus/read.js";

/** Each held the reader up for a tenth of a second and more, so that these many took longer than a test may. */
const hostile = [
  ["a word of dots", (at: number) => `\x1b[1mloss 0.5 ${`w${at}.ab.`.repeat(1000)}`, 400],
  ["identifiers without an end", (at: number) => `\x1b[1mloss: 0.5${`w${at}_`.repeat(1500)}`, 1000],
  ["lists of values", (at: number) => `${at} ${"[0.1, value ".repeat(330)}`, 60],
] as const;

it.each(hostile)("%s does not hold up what is behind it", (_name, line, lines) => {
  const text = `${Array.from({ length: lines }, (_, at) => line(at)).join("\n")}\nEpoch 3: loss 0.25\n`;
  expect(readMetrics(Buffer.from(text), "auto").at(-1)).toMatchObject({ value: 0.25, epoch: 3 });
});

it("a last line of one long word and a blank does not hold up the end", () => {
  const text = Buffer.from(`Epoch 1: loss 0.5\n${"a".repeat(65_000)} `);
  for (let time = 0; time < 25; time += 1) expect(readMetrics(text, "auto")).toHaveLength(1);
});
