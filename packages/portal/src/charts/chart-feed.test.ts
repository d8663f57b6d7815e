import type { ChartColumns } from "ava-protocol";
import { expect, test, vi } from "vitest";
import type { SeriesQuery } from "../api/series.js";
import { createChartFeed, type LoadLine, type WantedLine } from "./chart-feed.js";

const query: SeriesQuery = { axis: "step", from: undefined, to: undefined, buckets: 100 };
const line = (key: string, version: number): WantedLine => ({ key, instance: "one", name: key, labels: {}, version });

function harness(): { load: LoadLine; asked: string[]; answerAll: () => void } {
  const asked: string[] = [];
  let pending: (() => void)[] = [];
  return {
    asked,
    load: (wanted, since, asking, signal) =>
      new Promise((resolve, reject) => {
        asked.push(`${wanted.key} ${since ?? ""}<${wanted.version} ${asking.from ?? ""}`);
        signal.addEventListener("abort", () => reject(signal.reason as Error));
        pending.push(() => resolve({ name: wanted.key, version: wanted.version } as ChartColumns));
      }),
    answerAll() {
      for (const answer of pending) answer();
      pending = [];
    },
  };
}

test("only lines that grew are asked for again", async () => {
  const { load, asked, answerAll } = harness();
  const onAnswers = vi.fn<(answers: ReadonlyMap<string, ChartColumns>) => void>();
  const feed = createChartFeed(load, onAnswers, vi.fn<(error: Error) => void>());
  feed.want({ query, lines: [line("a", 1), line("b", 1)] });
  answerAll();
  await vi.waitFor(() => expect(onAnswers).toHaveBeenCalledTimes(1));
  feed.want({ query, lines: [line("a", 1), line("b", 2)] });
  answerAll();
  await vi.waitFor(() => expect(onAnswers).toHaveBeenCalledTimes(2));
  expect(asked).toEqual(["a <1 ", "b <1 ", "b 1<2 "]);
  expect([...onAnswers.mock.calls[1]![0].keys()]).toEqual(["a", "b"]);
});

test("growth during a read shows the read and asks once more afterwards", async () => {
  const { load, asked, answerAll } = harness();
  const onAnswers = vi.fn<(answers: ReadonlyMap<string, ChartColumns>) => void>();
  const feed = createChartFeed(load, onAnswers, vi.fn<(error: Error) => void>());
  feed.want({ query, lines: [line("a", 1)] });
  feed.want({ query, lines: [line("a", 2)] });
  feed.want({ query, lines: [line("a", 3)] });
  answerAll();
  await vi.waitFor(() => expect(asked).toEqual(["a <1 ", "a 1<3 "]));
  expect(onAnswers).toHaveBeenCalledTimes(1);
});

test("another stretch gives up the question for the old one", async () => {
  const { load, asked, answerAll } = harness();
  const onAnswers = vi.fn<(answers: ReadonlyMap<string, ChartColumns>) => void>();
  const onError = vi.fn<(error: Error) => void>();
  const feed = createChartFeed(load, onAnswers, onError);
  feed.want({ query, lines: [line("a", 1)] });
  feed.want({ query: { ...query, from: 5, to: 9 }, lines: [line("a", 1)] });
  await vi.waitFor(() => expect(asked).toEqual(["a <1 ", "a <1 5"]));
  answerAll();
  await vi.waitFor(() => expect(onAnswers).toHaveBeenCalledTimes(1));
  expect(onError).not.toHaveBeenCalled();
});

test("a stretch that was left and come back to before its answer is asked for again", async () => {
  const { load, asked, answerAll } = harness();
  const onAnswers = vi.fn<(answers: ReadonlyMap<string, ChartColumns>) => void>();
  const feed = createChartFeed(load, onAnswers, vi.fn<(error: Error) => void>());
  feed.want({ query, lines: [line("a", 1)] });
  feed.want({ query: { ...query, from: 5, to: 9 }, lines: [line("a", 1)] });
  feed.want({ query, lines: [line("a", 1)] });
  await vi.waitFor(() => expect(asked).toEqual(["a <1 ", "a <1 "]));
  answerAll();
  await vi.waitFor(() => expect(onAnswers).toHaveBeenCalledTimes(1));
});

test("a failure is told once, the other lines are shown, and it is tried again after a while and not at once", async () => {
  vi.useFakeTimers();
  const onError = vi.fn<(error: Error) => void>();
  const onAnswers = vi.fn<(answers: ReadonlyMap<string, ChartColumns>) => void>();
  let isBroken = true;
  const load = vi.fn<LoadLine>(async (wanted) => {
    if (wanted.key === "bad" && isBroken) throw new Error("no");
    return { name: wanted.key, version: wanted.version } as ChartColumns;
  });
  const feed = createChartFeed(load, onAnswers, onError);
  feed.want({ query, lines: [line("bad", 1), line("good", 1)] });
  await vi.advanceTimersByTimeAsync(0);
  feed.want({ query, lines: [line("bad", 1), line("good", 1)] });
  await vi.advanceTimersByTimeAsync(100);
  expect(load).toHaveBeenCalledTimes(2);
  expect(onError).toHaveBeenCalledTimes(1);
  expect([...onAnswers.mock.calls[0]![0].keys()]).toEqual(["good"]);
  isBroken = false;
  await vi.advanceTimersByTimeAsync(5000);
  expect([...onAnswers.mock.calls[1]![0].keys()].sort()).toEqual(["bad", "good"]);
  vi.useRealTimers();
});

test("a closed feed asks no more", async () => {
  vi.useFakeTimers();
  const load = vi.fn<LoadLine>().mockRejectedValue(new Error("no"));
  const feed = createChartFeed(load, vi.fn<(answers: ReadonlyMap<string, ChartColumns>) => void>(), vi.fn<(error: Error) => void>());
  feed.want({ query, lines: [line("a", 1)] });
  await vi.advanceTimersByTimeAsync(0);
  feed.close();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(load).toHaveBeenCalledTimes(1);
  vi.useRealTimers();
});

test("an answer that has grown beyond what was asked for is not asked for again, and one without growth keeps what is there", async () => {
  const load = vi.fn<LoadLine>();
  load.mockResolvedValueOnce({ name: "a", version: 5 } as ChartColumns).mockResolvedValue(undefined);
  const onAnswers = vi.fn<(answers: ReadonlyMap<string, ChartColumns>) => void>();
  const feed = createChartFeed(load, onAnswers, vi.fn<(error: Error) => void>());
  feed.want({ query, lines: [line("a", 1)] });
  await vi.waitFor(() => expect(onAnswers).toHaveBeenCalledTimes(1));
  feed.want({ query, lines: [line("a", 5)] });
  expect(load).toHaveBeenCalledTimes(1);
  feed.want({ query, lines: [line("a", 6)] });
  await vi.waitFor(() => expect(onAnswers).toHaveBeenCalledTimes(2));
  expect(onAnswers.mock.calls[1]![0].get("a")?.version).toBe(5);
});
