import { type ChartAxis, type FoundPoint, fromWireNumber } from "ava-protocol";
import { loadPoints } from "../api/points.js";
import type { ChartLine } from "./group-series.js";

/** A point of a line as it was recorded. */
export interface LinePoint {
  line: ChartLine;
  value: number;
  step: number;
  epoch: number | undefined;
  timeNs: string;
}

/** So near lie places that are the same, in milliseconds: nanoseconds of today do not fit a float64. */
const NEAR_MS = 0.001;

/**
 * Asks for the last point of a line at a place.
 *
 * @param line - of a chart
 * @param axis - of the chart
 * @param x - the place, as the platform told it
 * @param signal - gives the question up
 * @returns the point; `undefined` where there is none any more
 * @throws ApiError
 */
export async function loadLinePoint(line: ChartLine, axis: ChartAxis, x: number, signal: AbortSignal): Promise<LinePoint | undefined> {
  const { name, labels } = line.summary;
  const room = axis === "time" || axis === "relative" ? NEAR_MS : 0;
  const { points } = await loadPoints(line.instance, { name, labels, x: axis, from: x - room, to: x + room, limit: 1 }, signal);
  return points[0] && read(line, points[0]);
}

function read(line: ChartLine, { value, step, epoch, timeNs }: FoundPoint): LinePoint {
  const known = epoch === undefined ? undefined : fromWireNumber(epoch);
  return { line, value: fromWireNumber(value), step: fromWireNumber(step), epoch: known, timeNs };
}
