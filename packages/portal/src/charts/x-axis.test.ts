import { expect, test } from "vitest";
import { formatClock, formatSpan } from "./x-axis.js";

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
  expect(formatClock(morning, morning - 3_600_000, 3_600_000)).toBe("01-02\n00:30");
  expect(formatClock(morning, undefined, 86_400_000)).toBe("01-02");
});
