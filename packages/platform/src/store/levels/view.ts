import type { SeriesView } from "../contract/instance.js";
import type { ReadableSeries } from "./series.js";
import { joinTimeNs } from "./totals.js";

/** @returns what others see of a series */
export function viewOf({ name, labels, totals }: ReadableSeries): SeriesView {
  const { count, min, max, last, firstStep, lastStep, firstTimeHi, firstTimeLo, lastTimeHi, lastTimeLo } = totals;
  const firstTimeNs = joinTimeNs(firstTimeHi, firstTimeLo);
  return { name, labels, count, min, max, last, firstStep, lastStep, firstTimeNs, lastTimeNs: joinTimeNs(lastTimeHi, lastTimeLo) };
}
