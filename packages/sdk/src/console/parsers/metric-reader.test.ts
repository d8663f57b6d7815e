import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { randomOf, seedOfTest } from "../../../../../tests/random.js";
import { MetricReader } from "./metric-reader.js";
import type { ParsedItem, Parser, Place } from "./parser.js";
import type { ParserProblem } from "./reader-reports.js";
import { createParsers, type NamedParser } from "./registry.js";

const OPTIONS = { referenceTimeMs: Date.UTC(2026, 10, 22) };

function read(
  bytes: Uint8Array,
  parsers: NamedParser[],
  chunkBytes = 4096,
): { items: ParsedItem[]; problems: ParserProblem[]; reader: MetricReader } {
  const problems: ParserProblem[] = [];
  const reader = new MetricReader(parsers, (problem) => problems.push(problem));
  const items: ParsedItem[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) items.push(...reader.write(bytes.subarray(at, at + chunkBytes)));
  items.push(...reader.end());
  return { items, problems, reader };
}

describe("a parser that fails", () => {
  const loss: Parser = { feed: (_, line) => [{ name: "loss", value: 1, line }] };
  const broken: Parser = {
    feed: (_, line) => {
      if (line > 1) throw new Error("bad state");
      return [{ name: "acc", value: 1, line }];
    },
  };

  it("is disabled and told once; the others go on", () => {
    const parsers = [
      { name: "broken", parser: broken, untrusted: false },
      { name: "loss", parser: loss, untrusted: false },
    ];
    const { items, problems, reader } = read(Buffer.from("a\nb\nc\n"), parsers);
    expect(items.map((item) => "name" in item && [item.name, item.line])).toEqual([
      ["acc", 1],
      ["loss", 2],
      ["loss", 3],
    ]);
    expect(problems).toEqual([{ parser: "broken", reason: "threw", line: 2, message: "bad state" }]);
    expect(reader.unread.disabledParsers).toBe(1);
  });

  it.each<[string, () => unknown]>([
    ["null for an item", () => [null]],
    ["text for a value", () => [{ name: "q", value: "5", line: 1 }]],
    ["an object", () => ({ name: "q", value: 5, line: 1 })],
  ])("is disabled where it gives %s", (_, feed) => {
    const { items, problems } = read(Buffer.from("a\nb\n"), [{ name: "loose", parser: { feed } as Parser, untrusted: false }]);
    expect([items, problems.map(({ reason, line }) => [reason, line])]).toEqual([[], [["threw", 1]]]);
  });

  it("is told where it throws at the end", () => {
    const parser: Parser = {
      feed: () => [],
      end: () => {
        throw new Error("no end");
      },
    };
    const { problems } = read(Buffer.from("a\nb\n"), [{ name: "open", parser, untrusted: false }]);
    expect(problems).toEqual([{ parser: "open", reason: "threw", line: 3, message: "no end" }]);
  });

  it("is disabled when it throws at bytes and at text", () => {
    const thrower = () => {
      throw new Error("no");
    };
    const { problems } = read(Buffer.from("a\nb\n"), [
      { name: "thrower", parser: { feed: thrower, feedBytes: thrower, feedAhead: thrower }, untrusted: false },
    ]);
    expect(problems.map(({ reason, line }) => [reason, line])).toEqual([["threw", 1]]);
  });
});

it("lets a parser read lines in advance, up to control bytes and not across chunks, and goes on behind them", () => {
  const place: Place = { step: Number.NaN, epoch: Number.NaN, batch: Number.NaN, total: Number.NaN, timeMs: Number.NaN, line: 0 };
  const series = { name: "ahead" };
  const parser: Parser = {
    feedAhead: (bytes, cursor, end, into) => {
      for (; cursor.at + 1 < end && bytes[cursor.at] === 0x61 && bytes[cursor.at + 1] === 0x0a; cursor.at += 2) {
        place.line = cursor.line;
        into.add(series, 1, place);
        cursor.line += 1;
      }
    },
    feed: (text, line) => [{ name: text, value: 2, line }],
  };
  const bytes = Buffer.from("a\na\nb\na\n\u001b[1ma\na\r\na\na ");
  const told = (chunkBytes: number) =>
    read(bytes, [{ name: "ahead", parser, untrusted: false }], chunkBytes).items.map((item) => "name" in item && [item.line, item.name]);
  const names = ["ahead", "ahead", "b", "ahead", "a", "a", "ahead", "a "];
  expect(told(100)).toEqual(names.map((name, index) => [index + 1, name]));
  for (const chunkBytes of [1, 3]) expect(told(chunkBytes).map((one) => one && one[0])).toEqual(names.map((_, index) => index + 1));
});

describe("a regex without end", () => {
  it("is stopped and told once; other regexes and later lines go on", () => {
    const parsers = createParsers({ parser: "none", metrics: ["^(?<bad>(a+)+)$", "loss=(?<loss>\\S+)"] }, OPTIONS);
    const { items, problems } = read(Buffer.from(`loss=1\n${"a".repeat(60)}! loss=2\nloss=3\n`), parsers);
    expect(items).toEqual([1, 2, 3].map((value) => ({ name: "loss", value, line: value })));
    expect(problems.map(({ parser, reason, line }) => [parser, reason, line])).toEqual([["--metric ^(?<bad>(a+)+)$", "too_slow", 2]]);
  });

  it("and a parser beside it read each line once, though a chunk as a whole takes longer than the limit", () => {
    let fed = 0;
    const counting: Parser = {
      feed: () => {
        fed += 1;
        return [];
      },
    };
    const rules = createParsers({ parser: "none", metrics: ["step (?<step>\\d+) loss (?<loss>\\S+)"] }, OPTIONS);
    const { items } = read(Buffer.from("step 1 loss 2\n".repeat(200_000)), [
      ...rules,
      { name: "counting", parser: counting, untrusted: false },
    ]);
    expect([items.length, fed]).toEqual([200_000, 200_000]);
  });

  it("is spared lines of more than 4 KiB, which are counted", () => {
    const parsers = createParsers({ parser: "none", metrics: ["loss=(?<loss>\\d)"] }, OPTIONS);
    const { items, reader } = read(Buffer.from(`loss=1${" ".repeat(5000)}\nloss=2\n`), parsers);
    expect(items.map(({ line }) => line)).toEqual([2]);
    expect(reader.unread).toEqual({ truncatedLines: 0, skippedLines: 1, disabledParsers: 0 });
  });
});

it("knows which regexes have told nothing", () => {
  const parsers = createParsers({ metrics: ["speed=(?<speed>\\d)", "acc=(?<acc>\\d)", "lr=(?<lr>\\S+)"] }, OPTIONS);
  const { reader } = read(Buffer.from("speed=9\nlr=high\n"), parsers);
  expect(reader.silentRules).toEqual(["--metric acc=(?<acc>\\d)", "--metric lr=(?<lr>\\S+)"]);
});

it("takes the rules of a command line before those of its training, and both before the parsers; rules of one place tell side by side", () => {
  const selection = { metrics: ["a=(?<a>\\d)", "b=(?<b>\\d)"], trainingRules: ["[ab]=(?<c>\\d)", "c=(?<c>\\d)", "=(?<d>\\d)"] };
  const { items, reader } = read(Buffer.from("a=1 b=2\nc=3\nstep 4 loss 0.5\n"), createParsers(selection, OPTIONS));
  expect(items.map((item) => "name" in item && [item.name, item.value])).toEqual([
    ["a", 1],
    ["b", 2],
    ["c", 3],
    ["d", 3],
    ["loss", 0.5],
  ]);
  expect(reader.silentRules).toEqual([]);
});

it("reads a trainer and a regex side by side, in the order of the lines", () => {
  const log =
    "I0601 10:00:00.000000 1 solver.cpp:1] Iteration 5, loss = 2\nspeed=9\nI0601 10:00:01.000000 1 solver.cpp:1] Iteration 6, loss = 1\n";
  const { items } = read(Buffer.from(log), createParsers({ metrics: ["speed=(?<speed>\\d)"] }, OPTIONS), 5);
  expect(items.map((item) => "name" in item && [item.name, item.value, item.line])).toEqual([
    ["loss", 2, 1],
    ["speed", 9, 2],
    ["loss", 1, 3],
  ]);
});

const OF_MANY = new URL("./generic/fixtures/", import.meta.url);
const MANY = readdirSync(OF_MANY).map(
  (name) => `${readFileSync(new URL(name, OF_MANY), "utf8")}\nstep 7 took 3.5 ms\r\n50%|#  | 1/2 [took 9 ms]\r`,
);

it.each([
  [["step (?<step>\\d+) took (?<took>\\S+) ms"], 65_536],
  [["step (?<step>\\d+) took (?<took>\\S+) ms", "loss[ :=]+(?<mine>[\\d.]+)"], 1000],
  [["took (?<took>\\S+) ms", "[Ee]poch (?<mine>\\d+)"], 17],
])("with the rules %j, lines that these cannot match are read from their bytes, with the same result", (metrics, chunkBytes) => {
  const bytes = Buffer.from(MANY.join(""));
  const tell = (isByText: boolean): ParsedItem[] => {
    const reader = new MetricReader(
      createParsers({ metrics }, OPTIONS),
      (problem) => expect.unreachable(problem.message),
      isByText ? () => {} : undefined,
    );
    const items: ParsedItem[] = [];
    for (let at = 0; at < bytes.length; at += chunkBytes) items.push(...reader.write(bytes.subarray(at, at + chunkBytes)));
    return [...items, ...reader.end()];
  };
  const items = tell(false);
  expect(items.filter((item) => "name" in item && item.name === "took").length).toBeGreaterThanOrEqual(MANY.length);
  expect(items).toEqual(tell(true));
});

it("tells every frame of a progress line as it comes", () => {
  const reader = new MetricReader(
    createParsers({ parser: "none", metrics: ["(?<batch>\\d+)/9 loss=(?<loss>[\\d.]+)"] }, OPTIONS),
    () => {},
  );
  expect(reader.write(Buffer.from("1/9 loss=0.5\r2/9 loss=0.2"))).toEqual([{ name: "loss", value: 0.5, batch: 1, line: 1 }]);
  expect(reader.write(Buffer.from("5\r"))).toEqual([{ name: "loss", value: 0.25, batch: 2, line: 1 }]);
  expect(reader.end()).toEqual([]);
});

describe("random input", () => {
  const log = readFileSync(new URL("./caffe/fixtures/multiloss.log", import.meta.url), "latin1")
    .split("\n")
    .slice(780, 900);
  const scraps = [
    " = ",
    "nan",
    "-",
    "#",
    "] ",
    "I1122 23:40:07.1",
    "\r",
    "\b",
    "\u001b[",
    "(* ",
    " loss)",
    "1e99",
    "999",
    ": ",
    "Iteration ",
    "\u00ff",
  ];

  it.each(Array.from({ length: 60 }, (_, round) => round))(
    "never throws and tells the same from bytes as from text (round %i)",
    (round) => {
      const { below, pick } = randomOf(seedOfTest() + round);
      const lines = Array.from({ length: 200 }, () => {
        const line = pick(log);
        const at = below(line.length + 1);
        const scrap = pick(scraps);
        const other = pick(log);
        return pick([
          line,
          line + other,
          line.slice(0, at) + other,
          line.slice(0, at),
          line.slice(0, at) + scrap + line.slice(at),
          line.slice(0, at) + line.slice(at + 1 + below(3)),
        ]);
      });
      const bytes = Buffer.from(lines.join("\n"), "latin1");
      const [caffe] = createParsers({ parser: "caffe" }, OPTIONS) as [NamedParser];
      const textOnly: Parser = { feed: (text, line) => caffe.parser.feed(text, line) };
      const fromText = read(bytes, [{ ...caffe, parser: textOnly }]);
      const fromBytes = read(bytes, createParsers({ parser: "caffe" }, OPTIONS), 1 + below(3000));
      expect(fromBytes.problems).toEqual([]);
      expect(fromText.items.length).toBeGreaterThan(20);
      expect(fromBytes.items).toEqual(fromText.items);
      const noise = Uint8Array.from({ length: 5000 }, () => below(256));
      expect(read(noise, createParsers({ metrics: ["(?<a>\\d)"] }, OPTIONS), 1 + below(100)).problems).toEqual([]);
    },
  );
});
