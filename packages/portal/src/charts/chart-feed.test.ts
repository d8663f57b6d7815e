import type { SeriesAnswer } from "ava-protocol";
import { expect, test, vi } from "vitest";
import type { SeriesQuery } from "../api/series.js";
import { createChartFeed, type LoadLine, type WantedLine } from "./chart-feed.js";

const query: SeriesQuery = { axis: "step", from: undefined, to: undefined, buckets: 100 };
const line = (key: string, version: string): WantedLine => ({ key, name: key, labels: {}, version });

function harness(): { load: LoadLine; asked: string[]; answerAll: () => void } {
  const asked: string[] = [];
  let pending: (() => void)[] = [];
  return {
    asked,
    load: (wanted, asking, signal) =>
      new Promise((resolve, reject) => {
        asked.push(`${wanted.key} ${wanted.version} ${asking.from ?? ""}`);
        signal.addEventListener("abort", () => reject(signal.reason as Error));
        pending.push(() => resolve({ name: wanted.key } as SeriesAnswer));
      }),
    answerAll() {
      for (const answer of pending) answer();
      pending = [];
    },
  };
}

test("only lines that grew are asked for again", async () => {
  const { load, asked, answerAll } = harness();
  const onAnswers = vi.fn<(answers: ReadonlyMap<string, SeriesAnswer>) => void>();
  const feed = createChartFeed(load, onAnswers, vi.fn<(error: Error) => void>());
  feed.want({ query, lines: [line("a", "1"), line("b", "1")] });
  answerAll();
  await vi.waitFor(() => expect(onAnswers).toHaveBeenCalledTimes(1));
  feed.want({ query, lines: [line("a", "1"), line("b", "2")] });
  answerAll();
  await vi.waitFor(() => expect(onAnswers).toHaveBeenCalledTimes(2));
  expect(asked).toEqual(["a 1 ", "b 1 ", "b 2 "]);
  expect([...onAnswers.mock.calls[1]![0].keys()]).toEqual(["a", "b"]);
});

test("growth during a read shows the read and asks once more afterwards", async () => {
  const { load, asked, answerAll } = harness();
  const onAnswers = vi.fn<(answers: ReadonlyMap<string, SeriesAnswer>) => void>();
  const feed = createChartFeed(load, onAnswers, vi.fn<(error: Error) => void>());
  feed.want({ query, lines: [line("a", "1")] });
  feed.want({ query, lines: [line("a", "2")] });
  feed.want({ query, lines: [line("a", "3")] });
  answerAll();
  await vi.waitFor(() => expect(asked).toEqual(["a 1 ", "a 3 "]));
  expect(onAnswers).toHaveBeenCalledTimes(1);
});

test("another stretch gives up the question for the old one", async () => {
  const { load, asked, answerAll } = harness();
  const onAnswers = vi.fn<(answers: ReadonlyMap<string, SeriesAnswer>) => void>();
  const onError = vi.fn<(error: Error) => void>();
  const feed = createChartFeed(load, onAnswers, onError);
  feed.want({ query, lines: [line("a", "1")] });
  feed.want({ query: { ...query, from: 5, to: 9 }, lines: [line("a", "1")] });
  await vi.waitFor(() => expect(asked).toEqual(["a 1 ", "a 1 5"]));
  answerAll();
  await vi.waitFor(() => expect(onAnswers).toHaveBeenCalledTimes(1));
  expect(onError).not.toHaveBeenCalled();
});

test("a failure is told once and the next change tries again", async () => {
  const onError = vi.fn<(error: Error) => void>();
  const load = vi
    .fn<LoadLine>()
    .mockRejectedValueOnce(new Error("no"))
    .mockResolvedValue({} as SeriesAnswer);
  const onAnswers = vi.fn<(answers: ReadonlyMap<string, SeriesAnswer>) => void>();
  const feed = createChartFeed(load, onAnswers, onError);
  feed.want({ query, lines: [line("a", "1")] });
  await vi.waitFor(() => expect(onError).toHaveBeenCalledTimes(1));
  feed.want({ query, lines: [line("a", "1")] });
  await vi.waitFor(() => expect(onAnswers).toHaveBeenCalledTimes(1));
});
