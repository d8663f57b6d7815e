import { describe, expect, it } from "vitest";
import { readCorpus } from "../../../testing/console-corpus/corpus.js";
import { type Score, score } from "../../../testing/console-corpus/score.js";
import { MetricReader } from "../metric-reader.js";
import type { Metric } from "../parser.js";
import { createParsers } from "../registry.js";

/** The corpus of console output is not everywhere. */
const corpus = readCorpus();

function read(bytes: Buffer, parser: string, chunkBytes = bytes.length): Metric[] {
  const reader = new MetricReader(createParsers({ parser }, { referenceTimeMs: 0 }), (problem) => {
    throw new Error(problem.message);
  });
  const items = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) items.push(...reader.write(bytes.subarray(at, at + chunkBytes)));
  return [...items, ...reader.end()].filter((item): item is Metric => "name" in item);
}

function scoresOf(parser: string): Score {
  const scores = corpus.map(({ bytes, expected }) => score(read(bytes, parser), expected));
  const sum = (count: (one: Score) => number): number => scores.reduce((total, one) => total + count(one), 0);
  return {
    required: sum(({ required }) => required),
    found: sum(({ found }) => found),
    right: sum(({ right }) => right),
    wrong: scores.flatMap(({ wrong }) => wrong),
    missed: scores.flatMap(({ missed }) => missed),
    counters: sum(({ counters }) => counters),
    countersRight: sum(({ countersRight }) => countersRight),
    miscounted: scores.flatMap(({ miscounted }) => miscounted),
  };
}

describe.runIf(corpus.length > 0)("console corpus", () => {
  it.each([
    ["generic", 0.965, 0.96],
    ["auto", 0.965, 0.96],
  ])("%s finds at least %f of the metrics, and %f of what it finds is one", (parser, recall, precision) => {
    const { required, found, right, wrong, counters, countersRight } = scoresOf(parser);
    expect(found / required).toBeGreaterThanOrEqual(recall);
    expect(right / (right + wrong.length)).toBeGreaterThanOrEqual(precision);
    expect(countersRight / counters).toBeGreaterThanOrEqual(0.99);
  });

  it.each(["generic", "auto"])("%s reads no metric from what programs print at their start", (parser) => {
    const noise = corpus.find(({ name }) => name === "noise_startup");
    expect(read(noise?.bytes as Buffer, parser)).toEqual([]);
  });

  it.each(corpus.map(({ name, bytes }) => [name, bytes] as const))("%s tells the same however it is cut", (_name, bytes) => {
    const whole = read(bytes, "auto");
    for (const chunkBytes of [1, 7, 4096]) expect(read(bytes, "auto", chunkBytes)).toEqual(whole);
  });
});
