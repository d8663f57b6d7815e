import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { coalesce } from "./coalesce.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the first request runs at once and a burst makes one more run after the interval", () => {
  const run = vi.fn<() => void>();
  const coalesced = coalesce(run, 1000);
  for (let i = 0; i < 50; i++) coalesced.request();
  expect(run).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1000);
  expect(run).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(5000);
  expect(run).toHaveBeenCalledTimes(2);
});

test("nothing runs after close", () => {
  const run = vi.fn<() => void>();
  const coalesced = coalesce(run, 1000);
  coalesced.request();
  coalesced.request();
  coalesced.close();
  vi.advanceTimersByTime(5000);
  expect(run).toHaveBeenCalledTimes(1);
});
