import { fromWireNumber, type InstanceDetail } from "ava-protocol";
import { useMemo } from "react";
import { loadPoints } from "../../api/points.js";
import { useResource } from "../../api/use-resource.js";
import type { Mark } from "../../charts/mark.js";
import { longestSeries } from "./longest-series.js";

/**
 * Finds a moment of a run on all axes: the step and epoch are those of the last point of its longest series up to then.
 *
 * @param instance - the run
 * @param markMs - the moment, in milliseconds since 1970
 * @returns the mark, with more axes once these are known; `undefined` without a moment
 */
export function useMark({ id, startTime, series }: InstanceDetail, markMs: number | undefined): Mark | undefined {
  const longest = longestSeries(series);
  const { value } = useResource(JSON.stringify([id, markMs, longest?.name, longest?.labels]), async (signal) => {
    if (markMs === undefined || longest === undefined) return undefined;
    const { name, labels } = longest;
    const { points } = await loadPoints(id, { name, labels, x: "time", from: undefined, to: markMs, limit: 1 }, signal);
    return points[0];
  });
  const originMs = useMemo(() => {
    const firstMs = series.map(({ firstTimeNs }) => Number(firstTimeNs) / 1e6);
    return Math.min(...(startTime === undefined ? [] : [Date.parse(startTime)]), ...firstMs);
  }, [series, startTime]);
  return useMemo(() => {
    if (markMs === undefined) return undefined;
    const known = { time: markMs, ...(Number.isFinite(originMs) ? { relative: markMs - originMs } : {}) };
    if (value === undefined) return known;
    return { ...known, step: fromWireNumber(value.step), ...(value.epoch === undefined ? {} : { epoch: fromWireNumber(value.epoch) }) };
  }, [markMs, originMs, value]);
}
