import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Patience } from "./patience.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a storage that fails is waited for for a minute, and as long as it gets on", () => {
  const patience = new Patience(() => "");
  const { signal, stop } = patience.watch();
  patience.failed("HTTP 503");
  vi.advanceTimersByTime(50_000);
  patience.moved();
  vi.advanceTimersByTime(55_000);
  expect(signal.aborted).toBe(false);
  vi.advanceTimersByTime(10_000);
  expect(signal.aborted).toBe(true);
  expect(patience.reason).toBe("HTTP 503");
  stop();
});

test("a slow upload, packing, and snapshots that come to their end are waited for; silence is not", async () => {
  let stored = 0;
  const patience = new Patience(() => String(stored));
  const { signal, stop } = patience.watch();
  vi.advanceTimersByTime(100_000);
  stored += 1;
  let packed: () => void = () => undefined;
  const packing = patience.during(new Promise<void>((resolve) => (packed = resolve)));
  vi.advanceTimersByTime(400_000);
  packed();
  await packing;
  vi.advanceTimersByTime(170_000);
  expect(signal.aborted).toBe(false);
  vi.advanceTimersByTime(20_000);
  expect(signal.aborted).toBe(true);
  stop();
});
