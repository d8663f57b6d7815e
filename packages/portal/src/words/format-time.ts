import type { Language } from "./words.js";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * Writes a duration in its two greatest units: `2d 03h`, `1h 05m`, `12m 30s`, `4.2s`.
 *
 * @param durationMs - the duration, negative ones (clocks of two hosts differ) count as 0
 * @returns its text, the same in every language
 */
export function formatDuration(durationMs: number): string {
  const ms = Math.max(durationMs, 0);
  if (ms < 10 * SECOND_MS) return `${(Math.floor(ms / 100) / 10).toString()}s`;
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)}s`;
  if (ms < HOUR_MS) return pair(ms, MINUTE_MS, "m", SECOND_MS, "s");
  if (ms < DAY_MS) return pair(ms, HOUR_MS, "h", MINUTE_MS, "m");
  return pair(ms, DAY_MS, "d", HOUR_MS, "h");
}

function pair(ms: number, greatMs: number, great: string, smallMs: number, small: string): string {
  const rest = Math.floor((ms % greatMs) / smallMs);
  return `${Math.floor(ms / greatMs)}${great} ${String(rest).padStart(2, "0")}${small}`;
}

/**
 * Writes a moment as people speak of it: the clock alone for today, with the date otherwise.
 *
 * @param timeMs - milliseconds since 1970
 * @param nowMs - milliseconds since 1970
 * @param language - of the page
 * @returns its text in the reader's time zone
 */
export function formatMoment(timeMs: number, nowMs: number, language: Language): string {
  const time = new Date(timeMs);
  const now = new Date(nowMs);
  const isToday = time.toDateString() === now.toDateString();
  const isThisYear = time.getFullYear() === now.getFullYear();
  return time.toLocaleString(language, {
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...(isToday ? {} : { month: "short", day: "numeric" }),
    ...(isThisYear ? {} : { year: "numeric" }),
  });
}

/**
 * Writes a moment in full, to the second and with its zone.
 *
 * @param timeMs - milliseconds since 1970
 * @param language - of the page
 * @returns its text in the reader's time zone
 */
export function formatFullMoment(timeMs: number, language: Language): string {
  return new Date(timeMs).toLocaleString(language, {
    dateStyle: "medium",
    timeStyle: "long",
    hourCycle: "h23",
  });
}
