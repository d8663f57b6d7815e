import { expect, test } from "vitest";
import { createLogReader, type LoadLog } from "./log-reader.js";

/** A platform's log of which a part may not be cut within a character. */
function logOf(text: () => string): { load: LoadLog; asked: object[] } {
  const asked: object[] = [];
  return {
    asked,
    async load(part) {
      asked.push(part);
      const all = text();
      const offset =
        "tail" in part
          ? all
              .split("\n")
              .slice(0, -part.tail - 1)
              .join("\n").length
          : part.offset;
      const nextOffset = "tail" in part ? all.length : Math.min(offset + part.limit, all.length);
      return { offset, nextOffset, size: all.length, text: all.slice(offset, nextOffset) };
    },
  };
}
const textOf = (part: Awaited<ReturnType<ReturnType<typeof createLogReader>["read"]>>): string[] =>
  part.lines.map((line) => line.segments.map((segment) => segment.text).join(""));

test("a log that grows is read on from where reading ended", async () => {
  let text = "one\ntwo\n";
  const { load, asked } = logOf(() => text);
  const reader = createLogReader(load, undefined);
  expect(textOf(await reader.read())).toEqual(["one", "two"]);
  text += "three\n";
  const part = await reader.read();
  expect(textOf(part)).toEqual(["one", "two", "three"]);
  expect(asked.at(-1)).toEqual({ offset: 8, limit: 131_072 });
  expect([part.fromBytes, part.toBytes, part.sizeBytes]).toEqual([0, 14, 14]);
});

test("a jump of many parts is caught up with", async () => {
  let text = "";
  const { load } = logOf(() => text);
  const reader = createLogReader(load, undefined);
  await reader.read();
  text = "x\n".repeat(200_000);
  const part = await reader.read();
  expect(part.toBytes).toBe(400_000);
  expect(part.lines.length).toBe(1999);
});

test("an earlier place is read once, one part, and not followed", async () => {
  const { load, asked } = logOf(() => "y".repeat(99) + "\n" + "z\n".repeat(200_000));
  const reader = createLogReader(load, 100);
  const part = await reader.read();
  await reader.read();
  expect(asked).toHaveLength(1);
  expect([part.fromBytes, part.toBytes]).toEqual([100, 131_172]);
});
