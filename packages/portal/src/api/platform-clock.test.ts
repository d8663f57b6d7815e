import { expect, onTestFinished, test, vi } from "vitest";
import { learnTime, platformNow } from "./platform-clock.js";

test("the platform's time is told where the browser's clock is off, and does not jump with each answer", () => {
  vi.useFakeTimers({ now: 1_000_000_000 });
  onTestFinished(() => void vi.useRealTimers());
  const answer = (ms: number): number => {
    learnTime(new Headers(Number.isNaN(ms) ? {} : { date: new Date(ms).toUTCString() }));
    return platformNow() - Date.now();
  };
  expect(answer(Date.now() - 2000)).toBe(0);
  expect(answer(Date.now() + 3_600_000)).toBe(3_600_000);
  expect(answer(Date.now() + 3_602_000)).toBe(3_600_000);
  expect(answer(Number.NaN)).toBe(3_600_000);
  expect(answer(Date.now() - 1000)).toBe(0);
});
