import type { EndCause, InstanceFacts, Labels } from "ava-protocol";
import { expect, test } from "vitest";
import { isCompanion, type Life, putLife, tellLife, verdictOf } from "./life.js";

type Word = [writer: string, facts: InstanceFacts, rank?: string | undefined];

const at = (second: number): string => new Date(Date.UTC(2026, 10, 28, 12, 0, second)).toISOString();
const starts = (writer: string, second: number, rank?: string): Word => [writer, { state: "running", startTime: at(second) }, rank];
const ends = (writer: string, second: number, end?: EndCause, rank?: string): Word => [
  writer,
  { state: end?.message ? "failed" : "done", stopTime: at(second), ...(end ? { end } : {}) },
  rank,
];

/** All orders in which several journals can arrive: each one's own records stay in order. */
function* mergings(journals: Word[][]): Generator<Word[]> {
  const left = journals.filter((words) => words.length > 0);
  if (left.length === 0) yield [];
  for (const words of left) {
    for (const rest of mergings(left.map((other) => (other === words ? other.slice(1) : other)))) yield [words[0] as Word, ...rest];
  }
}

function lifeOf(words: Word[]): Life {
  const life: Life = new Map();
  for (const [writer, facts, rank] of words)
    tellLife(life, writer, facts, 0, isCompanion(rank === undefined ? undefined : ({ rank } as Labels)));
  return life;
}

const failed = (message: string): EndCause => ({ exitCode: 1, message });

test.each<[string, Word[][], object]>([
  ["one writer runs", [[starts("a", 0)]], { state: "running" }],
  ["one writer ends", [[starts("a", 0), ends("a", 9)]], { state: "done", stopTime: at(9) }],
  [
    "a slow rank starts after rank 0's end",
    [
      [starts("r0", 0, "0"), ends("r0", 5, { exitCode: 0 }, "0")],
      [starts("r1", 6, "1"), ends("r1", 8, undefined, "1")],
    ],
    { state: "done", stopTime: at(8), end: { exitCode: 0 } },
  ],
  ["a slow rank never ends", [[starts("r0", 0, "0"), ends("r0", 5, undefined, "0")], [starts("r1", 6, "1")]], { state: "done" }],
  [
    "a rank fails while rank 0 runs",
    [[starts("r0", 0, "0")], [starts("r1", 1, "1"), ends("r1", 3, failed("oom"), "1")]],
    { state: "failed" },
  ],
  [
    "a rank fails after rank 0's end",
    [
      [starts("r0", 0, "0"), ends("r0", 5, undefined, "0")],
      [starts("r1", 0, "1"), ends("r1", 7, failed("rank 1: oom"), "1")],
    ],
    { state: "failed", end: failed("rank 1: oom"), stopTime: at(7) },
  ],
  [
    "ranks without a rank 0 have all ended",
    [
      [starts("r1", 0, "1"), ends("r1", 5, undefined, "1")],
      [starts("r2", 6, "2"), ends("r2", 8, undefined, "2")],
    ],
    { state: "done" },
  ],
  [
    "one of the ranks without a rank 0 runs",
    [[starts("r1", 0, "1"), ends("r1", 5, undefined, "1")], [starts("r2", 1, "2")]],
    { state: "running" },
  ],
  ["a rerun runs: it has no error", [[starts("a", 0), ends("a", 5, failed("bad lr"))], [starts("b", 9)]], { state: "running" }],
  [
    "a rerun succeeds",
    [
      [starts("a", 0), ends("a", 5, failed("bad lr"))],
      [starts("b", 9), ends("b", 12, { exitCode: 0 })],
    ],
    { state: "done", end: { exitCode: 0 }, stopTime: at(12) },
  ],
  ["the first pass was killed, the second succeeds", [[starts("a", 0)], [starts("b", 9), ends("b", 12)]], { state: "done" }],
  [
    "a script fails, and its wrapper after it",
    [
      [starts("wrapper", 0), ends("wrapper", 9, { exitCode: 1, message: "last line" })],
      [starts("script", 1), ends("script", 8, { message: "ValueError: x" })],
    ],
    { state: "failed", end: { exitCode: 1, message: "ValueError: x" }, stopTime: at(9) },
  ],
  [
    "a wrapper tries again what failed, and it succeeds",
    [
      [starts("wrapper", 0), ends("wrapper", 9, { exitCode: 0 })],
      [starts("one", 1), ends("one", 4, failed("first try"))],
      [starts("two", 5), ends("two", 8)],
    ],
    { state: "done", end: { exitCode: 0 } },
  ],
  ["two hosts without ranks, one still runs", [[starts("a", 0), ends("a", 6)], [starts("b", 2)]], { state: "running" }],
  ["a signal handler speaks for the run", [[starts("a", 0)], [ends("handler", 5)]], { state: "done" }],
  ["a forked worker fails", [[starts("a", 0), ends("a", 6)], [ends("fork", 5, failed("process 7: x"))]], { state: "failed" }],
  [
    "a writer reports a failure, then says that it is done",
    [[starts("a", 0), ends("a", 5, failed("signal 15")), ends("a", 6, { stoppedBy: "self" })]],
    { state: "failed", end: { exitCode: 1, message: "signal 15", stoppedBy: "self" } },
  ],
  [
    "a writer starts again after its failure",
    [[starts("a", 0), ends("a", 5, failed("x")), starts("a", 6), ends("a", 7)]],
    { state: "done", stopTime: at(7) },
  ],
])("%s: one state, in whatever order the journals arrive", (_, journals, state) => {
  const verdicts = new Set([...mergings(journals)].map((words) => JSON.stringify(verdictOf(lifeOf(words)))));
  expect(verdicts.size).toBe(1);
  expect(JSON.parse([...verdicts][0] as string)).toMatchObject(state);
});

test("of every small sequence of three writers all orders give the same state, and one that is over when all have ended", () => {
  const journalsOf = (writer: string, rank?: string): Word[][] => [
    [],
    [starts(writer, 1, rank)],
    [starts(writer, 4, rank), ends(writer, 6, undefined, rank)],
    [starts(writer, 2, rank), ends(writer, 5, failed(writer), rank)],
    [ends(writer, 3, failed(writer), rank)],
  ];
  const [as, bs, cs] = [journalsOf("a"), journalsOf("b", "0"), journalsOf("c", "1")];
  for (const journals of as.flatMap((a) => bs.flatMap((b) => cs.map((c) => [a, b, c])))) {
    const verdicts = new Set([...mergings(journals)].map((words) => JSON.stringify(verdictOf(lifeOf(words)))));
    expect(verdicts.size).toBe(1);
    const told = journals.filter((words) => words.length > 0);
    const haveEnded = told.length > 0 && told.every((words) => words.at(-1)?.[1].state !== "running");
    const isRunning = [...verdicts][0]?.includes("running");
    expect(haveEnded && isRunning).toBe(false);
  }
});

test("what a client puts comes after all that was told, whatever the clocks say", () => {
  const life = lifeOf([starts("a", 50), ends("a", 55, failed("x")), starts("b", 40)]);
  putLife(life, { state: "done" }, 1000);
  expect(verdictOf(life)).toEqual({ state: "done" });
  putLife(life, { state: "running" }, 2000);
  expect(verdictOf(life)).toEqual({ state: "running" });
  tellLife(life, "b", ends("b", 58)[1], 0, false);
  expect(verdictOf(life)).toMatchObject({ state: "done", stopTime: at(58) });
});

test("a client that says that an instance runs which runs changes nothing: the end of its writer ends it", () => {
  const life = lifeOf([starts("a", 0)]);
  putLife(life, { state: "running" }, Date.parse(at(30)));
  tellLife(life, "a", ends("a", 9)[1], 0, false);
  expect(verdictOf(life)).toMatchObject({ state: "done" });
});
