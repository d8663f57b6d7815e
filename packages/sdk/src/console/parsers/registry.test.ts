import { describe, expect, it } from "vitest";
import { createCustomParser } from "./custom/parser.js";
import { MetricReader } from "./metric-reader.js";
import { createParsers } from "./registry.js";

const OPTIONS = { referenceTimeMs: 0 };

describe("--parser", () => {
  it("lists what is known and the nearest name for a wrong one", () => {
    expect(() => createParsers({ parser: "cafe" }, OPTIONS)).toThrow(
      expect.objectContaining({
        code: "PARSER_UNKNOWN",
        message: expect.stringMatching(/"cafe".*auto, none, caffe.*did you mean caffe\?/),
      }),
    );
    expect(() => createParsers({ parser: "something else" }, OPTIONS)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining("did you mean") }),
    );
  });

  it("is auto by default, and nothing with none", () => {
    expect(createParsers({}, OPTIONS).map(({ name }) => name)).toEqual(["auto"]);
    expect(createParsers({ parser: "none" }, OPTIONS)).toEqual([]);
    expect(createParsers({ parser: "none", metrics: ["(?<x>1)"] }, OPTIONS).map(({ untrusted }) => untrusted)).toEqual([true]);
  });
});

describe("a list of parsers", () => {
  it("has each once, in its order; names of trainers that the general forms read stand for generic", () => {
    expect(createParsers({ parser: "keras, caffe,tqdm,caffe" }, OPTIONS).map(({ name }) => name)).toEqual(["generic", "caffe"]);
  });

  it("tells the metrics of a line by the first that reads some", () => {
    const line = Buffer.from("I0601 10:00:00.000000 1 solver.cpp:1] Iteration 5, loss = 2\n");
    const read = (parser: string) => new MetricReader(createParsers({ parser }, OPTIONS), () => undefined).write(line);
    const [caffe, generic] = [read("caffe"), read("generic")];
    expect(caffe).not.toEqual(generic);
    expect(read("caffe,generic")).toEqual(caffe);
    expect(read("generic,caffe")).toEqual(generic);
  });

  it.each(["caffe,auto", "none,caffe", "caffe,", ",", "caffe,no-such"])("refuses %j", (parser) => {
    expect(() => createParsers({ parser }, OPTIONS)).toThrow(expect.objectContaining({ code: "PARSER_UNKNOWN" }));
  });
});

describe("--metric", () => {
  const feed = (regex: string, text: string) => createCustomParser(regex, { ...OPTIONS, batchOfEpoch: 10 }).feed(text, 3);

  it("takes a phase as the place of its metrics, in front of their names", () => {
    expect(feed("(?<phase>\\w+): loss (?<loss>\\S+)", "Valid: loss 0.5")).toEqual([
      { name: "valid/loss", value: 0.5, phase: "val", line: 3 },
    ]);
    expect(feed("(?<phase>\\w+): (?<name>[\\w/]+)=(?<value>\\S+)", "train: a=1 train: train/b=2 held: c=3")).toEqual([
      { name: "train/a", value: 1, phase: "train", line: 3 },
      { name: "train/b", value: 2, phase: "train", line: 3 },
      { name: "held/c", value: 3, line: 3 },
    ]);
  });

  it("takes named groups as metrics and counters as their place", () => {
    expect(
      feed("epoch (?<epoch>\\d+) step (?<step>\\d+).*loss (?<loss>\\S+) acc (?<acc>\\S+)", "epoch 1 step 20 - loss 0.5 acc 97.2%"),
    ).toEqual([
      { name: "loss", value: 0.5, epoch: 1, step: 20, line: 3 },
      { name: "acc", value: 97.2, epoch: 1, step: 20, line: 3 },
    ]);
  });

  it("knows a group from what only looks like one, and begins a regex that V8 needs seconds for only where it is to match", () => {
    expect(feed("[(?<no>]\\(?<v>\\d(?<=(?<v\\u{32}>\\d))(?<!x)", "(<v>7")).toEqual([{ name: "v2", value: 7, line: 3 }]);
    const nested = `(?<v>${"(".repeat(900)}a${")*".repeat(900)})`;
    expect(createParsers({ parser: "none", metrics: [nested] }, OPTIONS)).toHaveLength(1);
  });

  it("takes name and value together, every match of the line, with the counters before them", () => {
    expect(feed("step (?<step>\\d+)|(?<name>[A-Z][\\w ]*): (?<value>[^ ]+)", "step 5 Top 5 Acc: 0.5 Loss: nan")).toEqual([
      { name: "top_5_acc", value: 0.5, epoch: 0.5, step: 5, line: 3 },
      { name: "loss", value: Number.NaN, epoch: 0.5, step: 5, line: 3 },
    ]);
  });

  it.each([
    ["1,234.5", 1234.5],
    ["'0.5'", 0.5],
    ["12ms", 12],
    ["-inf", Number.NEGATIVE_INFINITY],
    ["1e-3", 0.001],
    [".5", 0.5],
  ])("reads %s as a value", (printed, value) => {
    expect(feed("v=(?<v>.*)", `v=${printed}`)).toEqual([{ name: "v", value, line: 3 }]);
  });

  it("understands Python's named groups, and tells nothing where no number is", () => {
    expect(feed("v=(?P<v>.*)", "v=3")).toEqual([{ name: "v", value: 3, line: 3 }]);
    expect(feed("v=(?<v>.*)", "v=three")).toEqual([]);
    expect(feed("v=(?<v>\\d)|w", "w")).toEqual([]);
    expect(feed("(?<v>\\d*)", "a1")).toEqual([{ name: "v", value: 1, line: 3 }]);
  });

  it.each(["loss=(", "(?<loss>", "loss=(\\d+)", "(?<step>\\d+)", "(?<name>\\w+)"])("refuses %s", (regex) => {
    expect(() => createParsers({ metrics: [regex] }, OPTIONS)).toThrow(
      expect.objectContaining({ code: "METRIC_REGEX_INVALID", message: expect.stringContaining(`"${regex}"`) }),
    );
  });
});
