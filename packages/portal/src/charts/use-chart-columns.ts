import type { ChartAxis, ChartSeriesAnswer } from "ava-protocol";
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { loadSeries, type SeriesQuery } from "../api/series.js";
import { type ChartFeed, createChartFeed } from "./chart-feed.js";
import { type Columns, columnsOf } from "./columns.js";
import type { ChartLine } from "./group-series.js";
import type { Growth } from "./growth.js";

/** What a chart asks for. */
export interface ChartAsk {
  lines: readonly ChartLine[];
  growth: Growth;
  axis: ChartAxis;
  range: readonly [number, number] | undefined;
  isSmoothed: boolean;
  widthPx: number;
  isVisible: boolean;
}

/** What a chart has to draw. */
export interface ChartData {
  /** By key of the series, for the axis that was asked for; `undefined` until the first answer. */
  columns: ReadonlyMap<string, Columns> | undefined;
  /** The same from beginning to end, at the resolution of a chart that is not zoomed, where smoothing needs it. */
  whole: ReadonlyMap<string, Columns> | undefined;
  /** What the platform says of damage. */
  damage: readonly string[];
  error: Error | undefined;
}

/** Widths are rounded up to this, so that resizing a window does not ask again for each pixel. */
const WIDTH_STEP_PX = 128;
/** Part of a zoomed stretch that is read beyond each edge, so that lines run out of the chart instead of ending in it. */
const MARGIN = 0.125;
/** So many points of a series to a bucket come as they are: exact, and not larger than buckets. */
const RAW_PER_BUCKET = 2;

/**
 * Keeps the columns of a chart as fresh as the series are known to be, at one bucket a pixel, while the chart can be seen.
 *
 * @param ask - what the chart shows
 * @returns what to draw
 */
export function useChartColumns(ask: ChartAsk): ChartData {
  const { axis, range, widthPx, isVisible } = ask;
  const pixels = Math.ceil(widthPx / WIDTH_STEP_PX) * WIDTH_STEP_PX;
  const margin = range === undefined ? 0 : (range[1] - range[0]) * MARGIN;
  const isReady = isVisible && widthPx > 0;
  const zoomed = { axis, from: range && range[0] - margin, to: range && range[1] + margin, buckets: Math.round(pixels * (1 + 2 * MARGIN)) };
  const full = { axis, from: undefined, to: undefined, buckets: pixels };
  const own = useColumns(ask, range === undefined ? full : zoomed, isReady);
  const whole = useColumns(ask, full, isReady && ask.isSmoothed && range !== undefined);
  return { ...own, whole: whole.columns };
}

function useColumns({ lines, growth }: ChartAsk, query: SeriesQuery, isWanted: boolean): Omit<ChartData, "whole"> {
  const [answers, setAnswers] = useState<ReadonlyMap<string, ChartSeriesAnswer>>();
  const [error, setError] = useState<Error>();
  const feed = useRef<ChartFeed>(undefined);
  const versions = useSyncExternalStore(growth.subscribe, () => lines.map(growth.version).join(" "));

  useEffect(() => {
    const opened = createChartFeed(
      ({ instance, name, labels }, since, asked, signal) =>
        loadSeries({ instance, name, labels, ...(since === undefined ? {} : { since }) }, asked, signal),
      (fresh) => {
        setAnswers(fresh);
        setError(undefined);
      },
      setError,
    );
    feed.current = opened;
    return () => opened.close();
  }, []);

  const { axis, from, to, buckets } = query;
  useEffect(() => {
    if (!isWanted) return;
    const known = versions.split(" ").map(Number);
    const isShort = from === undefined && known.every((count) => count < buckets * RAW_PER_BUCKET);
    feed.current?.want({
      query: { axis, from, to, buckets: isShort ? buckets * RAW_PER_BUCKET : buckets },
      lines: lines.map(({ key, instance, summary: { name, labels } }, i) => ({ key, instance, name, labels, version: known[i] ?? 0 })),
    });
  }, [lines, versions, axis, from, to, buckets, isWanted]);

  const columns = useMemo(() => {
    // Answers for the axis before a switch do not fit this one.
    const own = [...(answers ?? [])].filter(([, answer]) => answer.axis === axis);
    return own.length === 0 ? undefined : new Map(own.map(([key, answer]) => [key, columnsOf(answer)]));
  }, [answers, axis]);
  const damage = useMemo(() => [...(answers?.values() ?? [])].flatMap((answer) => answer.damage ?? []), [answers]);
  return { columns, damage, error };
}
