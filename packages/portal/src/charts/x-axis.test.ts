import { expect, test } from "vitest";
import { clockTicks, formatClock, formatSpan } from "./x-axis.js";

test.each([
  [0, 1000, "0"],
  [200, 100, "0.2s"],
  [45_000, 15_000, "45s"],
  [90_000, 30_000, "1m30s"],
  [5_400_000, 1_800_000, "1h30m"],
  [90_000_000, 3_600_000, "1d1h"],
  [-3000, 1000, "−3s"],
])("%d ms at distance %d read %s", (at, increment, text) => {
  expect(formatSpan(at, increment)).toBe(text);
});

test("the clock is as fine as the ticks and names a new day", () => {
  const morning = new Date(2026, 0, 2, 0, 30, 5, 250).getTime();
  expect(formatClock(morning, undefined, 3_600_000)).toBe("00:30");
  expect(formatClock(morning, undefined, 1000)).toBe("00:30:05");
  expect(formatClock(morning, undefined, 50)).toBe("00:30:05.250");
  expect(formatClock(morning, morning - 3_600_000, 3_600_000)).toBe("01-02 00:30");
  expect(formatClock(morning, undefined, 86_400_000)).toBe("01-02");
});

test("ticks of wall time are round in the reader's zone", () => {
  const ticks = clockTicks(new Date(2026, 0, 2, 11, 50).getTime(), new Date(2026, 0, 3, 1, 0).getTime(), 6 * 3_600_000);
  expect(ticks.map((at) => formatClock(at, undefined, 6 * 3_600_000))).toEqual(["12:00", "18:00", "00:00"]);
  expect(formatClock(ticks[2]!, ticks[1], 6 * 3_600_000)).toBe("01-03");
});
