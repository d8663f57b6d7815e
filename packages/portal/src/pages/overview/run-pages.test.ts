import type { InstanceRow } from "ava-protocol";
import { expect, test, vi } from "vitest";
import { createRunPages, type LoadRuns, type RunsShown } from "./run-pages.js";

/** A platform with runs that are numbered, newest first. */
function platform(count: number): { load: LoadRuns; asked: string[]; add: () => void } {
  const asked: string[] = [];
  const runs = Array.from({ length: count }, (_, i) => count - i);
  const row = (n: number): InstanceRow => ({ id: String(n), training: "t", state: "done", values: {} });
  return {
    asked,
    add: () => runs.unshift(runs[0]! + 1),
    async load(cursor, limit) {
      asked.push(`${cursor ?? "start"} ${limit}`);
      const start = cursor === undefined ? 0 : runs.indexOf(Number(cursor)) + 1;
      const part = runs.slice(start, start + limit);
      const isEnd = start + part.length >= runs.length;
      return { instances: part.map(row), total: runs.length, ...(isEnd ? {} : { nextCursor: String(part.at(-1)) }) };
    },
  };
}

test("pages are asked for as they come into view, and those in between when the reader jumps", async () => {
  const { load, asked } = platform(3000);
  let shown: RunsShown = { rows: [] };
  const pages = createRunPages(load, (next) => (shown = next));
  await vi.waitFor(() => expect(shown.rows).toHaveLength(200));
  expect(shown.total).toBe(3000);
  pages.want(150, 190);
  pages.want(190, 230);
  await vi.waitFor(() => expect(shown.rows).toHaveLength(400));
  pages.want(2960, 3000);
  await vi.waitFor(() => expect(shown.rows).toHaveLength(3000));
  expect(shown.rows.map(({ id }) => Number(id))).toEqual(Array.from({ length: 3000 }, (_, i) => 3000 - i));
  expect(asked).toEqual(["start 200", "2801 200", "2601 1000", "1601 1000", "601 1000"]);
});

test("a reload asks for the pages in view alone; a new run moves the others without loss or double", async () => {
  const { load, asked, add } = platform(600);
  let shown: RunsShown = { rows: [] };
  const pages = createRunPages(load, (next) => (shown = next));
  pages.want(0, 500);
  await vi.waitFor(() => expect(shown.rows).toHaveLength(600));
  pages.want(0, 30);
  asked.length = 0;
  pages.reload();
  await vi.waitFor(() => expect(asked).toEqual(["start 200"]));
  add();
  pages.reload();
  pages.want(0, 601);
  await vi.waitFor(() => expect(shown.rows).toHaveLength(601));
  expect(shown.rows.map(({ id }) => Number(id))).toEqual(Array.from({ length: 601 }, (_, i) => 601 - i));
});

test("what failed is tried again and the rows stay; a wrong question is not", async () => {
  vi.useFakeTimers();
  const { load } = platform(10);
  let failure: Error | undefined = new Error("away");
  const told: RunsShown[] = [];
  const asking = vi.fn<LoadRuns>(async (...question) => {
    if (failure !== undefined) throw failure;
    return load(...question);
  });
  createRunPages(asking, (next) => told.push(next));
  await vi.advanceTimersByTimeAsync(0);
  expect(told.at(-1)?.error?.message).toBe("away");
  failure = undefined;
  await vi.advanceTimersByTimeAsync(3000);
  expect(told.at(-1)?.rows).toHaveLength(10);
  const wrong = vi.fn<LoadRuns>().mockRejectedValue(Object.assign(new Error("lr is not a field"), { status: 400 }));
  createRunPages(wrong, () => {});
  await vi.advanceTimersByTimeAsync(60_000);
  expect(wrong).toHaveBeenCalledTimes(1);
  vi.useRealTimers();
});
