import { expect, it } from "vitest";
import { MetricReader } from "./metric-reader.js";
import { createParsers, type ParserPlugin, registerParser } from "./registry.js";

const OPTIONS = { referenceTimeMs: 0 };

const own: ParserPlugin = {
  name: "own-trainer",
  create: () => ({
    feed: (text, line) => {
      if (text.includes("broken")) throw new Error("cannot read it");
      const value = /^my loss is (\S+)/.exec(text)?.[1];
      return value === undefined ? [] : [{ name: "my/loss", value: Number(value), line }];
    },
  }),
};
registerParser(own);
const read = (parser: string, text: string) => {
  const problems: string[] = [];
  const reader = new MetricReader(createParsers({ parser }, OPTIONS), (problem) => problems.push(problem.parser));
  const told = [...reader.write(Buffer.from(`${text}\n`)), ...reader.end()].map((item) => "name" in item && item.name);
  return { told, problems };
};

it("reads alone by its name, and before the others with auto", () => {
  const text = "my loss is 0.5\nEpoch 1 loss: 0.25\n";
  expect(read("own-trainer", text).told).toEqual(["my/loss"]);
  expect(read("auto", text).told).toEqual(["my/loss", "loss"]);
  expect(read("generic", text).told).toContain("loss");
  expect(read("none", text).told).toEqual([]);
});

it("that fails is told and disabled; the others go on", () => {
  expect(read("auto", "broken\nmy loss is 1\nEpoch 1 loss: 0.25\n")).toEqual({ told: ["my_loss", "loss"], problems: ["own-trainer"] });
});

it("needs a function that makes it", () => {
  expect(() => registerParser({ name: "unmade" } as ParserPlugin)).toThrow(expect.objectContaining({ code: "PARSER_INVALID" }));
});

it.each(["own-trainer", "caffe", "auto", "keras", "Own", "a,b", ""])("cannot be called %j", (name) => {
  expect(() => registerParser({ ...own, name })).toThrow(expect.objectContaining({ code: "PARSER_INVALID" }));
});
