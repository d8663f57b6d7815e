import { expect, test } from "vitest";
import { formatDuration, formatMoment } from "./format-time.js";

test.each([
  [-5, "0s"],
  [4250, "4.2s"],
  [59_999, "59s"],
  [60_000, "1m 00s"],
  [750_000, "12m 30s"],
  [3_900_000, "1h 05m"],
  [183_600_000, "2d 03h"],
])("%d ms read %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test("a moment of today is the clock alone, an older one has its date, one of another year its year", () => {
  const now = new Date(2026, 5, 15, 18, 0).getTime();
  expect(formatMoment(new Date(2026, 5, 15, 9, 5).getTime(), now, "en")).toBe("09:05");
  expect(formatMoment(new Date(2026, 5, 14, 9, 5).getTime(), now, "en")).toBe("Jun 14, 09:05");
  expect(formatMoment(new Date(2025, 5, 14, 9, 5).getTime(), now, "zh")).toContain("2025");
});
