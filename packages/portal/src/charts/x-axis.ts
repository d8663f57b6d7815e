import type { ChartAxis } from "ava-protocol";
import type uPlot from "uplot";
import { formatStep, formatTick } from "../words/format-number.js";

/** What the x axis of a chart counts: what was recorded with each point, or the values of another series. */
export type PlotAxis = ChartAxis | "series";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Distances of ticks on the axis of relative time, in milliseconds. */
const DURATION_INCREMENTS: number[] = [
  ...[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30].map((n) => n * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR_MS),
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500].map((n) => n * DAY_MS),
];

/** Whole numbers for epochs and steps, with halves only when zoomed in far. */
const COUNT_INCREMENTS: number[] = Array.from({ length: 18 }, (_, exponent) =>
  [1, 2, 5].map((digit) => digit * 10 ** (exponent - 2)),
).flat();

/**
 * Ticks and their texts for an x axis.
 *
 * @param axis - what the axis counts
 * @returns uPlot's options
 */
export function xAxisOptions(axis: PlotAxis): Pick<uPlot.Axis, "values" | "incrs" | "space" | "splits"> {
  switch (axis) {
    case "time":
      return {
        space: 84,
        incrs: DURATION_INCREMENTS,
        splits: (_plot, _axis, min, max, increment) => clockTicks(min, max, increment),
        values: (_plot, splits, _axis, _space, increment) => splits.map((at, i) => formatClock(at, splits[i - 1], increment)),
      };
    case "relative":
      return {
        space: 64,
        incrs: DURATION_INCREMENTS,
        values: (_plot, splits, _axis, _space, increment) => splits.map((at) => formatSpan(at, increment)),
      };
    case "series":
      return { space: 64, values: (_plot, splits, _axis, _space, increment) => splits.map((at) => formatTick(at, increment)) };
    default:
      return {
        space: 56,
        incrs: COUNT_INCREMENTS,
        values: (_plot, splits, _axis, _space, increment) => splits.map((at) => formatTick(at, increment)),
      };
  }
}

/**
 * Text of one place, as exact as a reader needs to find it again.
 *
 * @param axis - what the axis counts
 * @param x - the place
 * @returns its text: `12,345`, `08:15:30.250`, `1h30m5s`
 */
export function formatPlace(axis: PlotAxis, x: number): string {
  if (axis === "time") return formatClock(x, undefined, Number.isInteger(x / SECOND_MS) ? SECOND_MS : 1);
  if (axis === "relative") return formatSpan(Math.round(x), 1);
  return formatStep(x);
}

/**
 * Text of a tick of wall time in the reader's zone: the clock, with the date where it changes.
 *
 * @param atMs - place of the tick
 * @param previousMs - place of the tick before, absent for the first
 * @param incrementMs - distance of the ticks
 * @returns its text
 */
export function formatClock(atMs: number, previousMs: number | undefined, incrementMs: number): string {
  const at = new Date(atMs);
  const date = `${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  if (incrementMs >= DAY_MS) return date;
  const seconds = incrementMs < MINUTE_MS ? `:${two(at.getSeconds())}` : "";
  const fraction = incrementMs < SECOND_MS ? `.${String(at.getMilliseconds()).padStart(3, "0")}` : "";
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}${seconds}${fraction}`;
  const isNewDay = previousMs !== undefined && new Date(previousMs).getDate() !== at.getDate();
  return isNewDay ? (clock === "00:00" ? date : `${date} ${clock}`) : clock;
}

/**
 * Places of ticks of wall time, round in the reader's time zone.
 *
 * @param minMs - start of the axis
 * @param maxMs - end of the axis
 * @param incrementMs - distance of the ticks
 * @returns ascending places
 */
export function clockTicks(minMs: number, maxMs: number, incrementMs: number): number[] {
  const zoneMs = new Date(minMs).getTimezoneOffset() * MINUTE_MS;
  const ticks: number[] = [];
  for (let at = Math.ceil((minMs - zoneMs) / incrementMs) * incrementMs + zoneMs; at <= maxMs; at += incrementMs) ticks.push(at);
  return ticks;
}

/**
 * Text of a tick of relative time, no finer than the distance of the ticks: `1h30m`, `45s`, `0.2s`.
 *
 * @param atMs - from the start of the run
 * @param incrementMs - distance of the ticks
 * @returns its text
 */
export function formatSpan(atMs: number, incrementMs: number): string {
  if (atMs === 0) return "0";
  const sign = atMs < 0 ? "\u2212" : "";
  let rest = Math.abs(atMs);
  let text = "";
  for (const [unit, suffix] of [
    [DAY_MS, "d"],
    [HOUR_MS, "h"],
    [MINUTE_MS, "m"],
  ] as const) {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    if (count > 0) text += `${count}${suffix}`;
    if (incrementMs >= unit && text !== "") return sign + text;
  }
  if (rest > 0 || text === "") text += `${Number((rest / SECOND_MS).toFixed(3))}s`;
  return sign + text;
}

function two(count: number): string {
  return String(count).padStart(2, "0");
}
