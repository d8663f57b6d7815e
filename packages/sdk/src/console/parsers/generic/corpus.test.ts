import { describe, expect, it } from "vitest";
import { readCorpus } from "../../../testing/console-corpus/corpus.js";
import { readMetrics } from "../../../testing/console-corpus/read.js";
import { type Score, score } from "../../../testing/console-corpus/score.js";

/** The corpus of console output is not everywhere. */
const corpus = readCorpus();

function scoresOf(parser: string): Score {
  const scores = corpus.map(({ bytes, expected }) => score(readMetrics(bytes, parser), expected));
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
    ["auto", 0.99, 0.99],
  ])("%s finds at least %f of the metrics, and %f of what it finds is one", (parser, recall, precision) => {
    const { required, found, right, wrong, counters, countersRight } = scoresOf(parser);
    expect(found / required).toBeGreaterThanOrEqual(recall);
    expect(right / (right + wrong.length)).toBeGreaterThanOrEqual(precision);
    expect(countersRight / counters).toBeGreaterThanOrEqual(0.99);
  });

  it.each(["generic", "auto"])("%s reads no metric from what programs print at their start", (parser) => {
    const noise = corpus.find(({ name }) => name === "noise_startup");
    expect(readMetrics(noise?.bytes as Buffer, parser)).toEqual([]);
  });

  it.each(corpus.map(({ name, bytes }) => [name, bytes] as const))("%s tells the same however it is cut", (_name, bytes) => {
    const whole = readMetrics(bytes, "auto");
    for (const chunkBytes of [1, 7, 4096]) expect(readMetrics(bytes, "auto", chunkBytes)).toEqual(whole);
  });
});
