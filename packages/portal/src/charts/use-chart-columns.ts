import type { SeriesAnswer } from "ava-protocol";
import { useEffect, useMemo, useRef, useState } from "react";
import { loadSeries } from "../api/series.js";
import type { ChartAxis } from "../view-state/instance-view.js";
import { type ChartFeed, createChartFeed } from "./chart-feed.js";
import { type Columns, columnsOf } from "./columns.js";
import type { ChartLine } from "./group-series.js";

/** What a chart asks for. */
export interface ChartQuery {
  instance: string;
  lines: readonly ChartLine[];
  axis: ChartAxis;
  range: readonly [number, number] | undefined;
  /** Start of the run in milliseconds since 1970: the origin of relative time. */
  startMs: number;
  widthPx: number;
  isVisible: boolean;
}

/** Widths are rounded up to this, so that resizing a window does not ask again for each pixel. */
const WIDTH_STEP_PX = 128;
/** Part of a zoomed stretch that is read beyond each edge, so that lines run out of the chart instead of ending in it. */
const MARGIN = 0.125;

/**
 * Keeps the columns of a chart as fresh as the instance's summaries say, at one bucket a pixel, while the chart can be seen.
 *
 * @param query - what the chart shows
 * @returns columns by key of the series, for the axis that was asked for, `undefined` until the first answer; what the platform says of damage
 */
export function useChartColumns(query: ChartQuery): {
  columns: ReadonlyMap<string, Columns> | undefined;
  damage: readonly string[];
  error: Error | undefined;
} {
  const { instance, lines, axis, range, startMs, widthPx, isVisible } = query;
  const [answers, setAnswers] = useState<ReadonlyMap<string, SeriesAnswer>>();
  const [error, setError] = useState<Error>();
  const feed = useRef<ChartFeed>(undefined);

  useEffect(() => {
    const opened = createChartFeed(
      (line, asked, signal) => loadSeries(instance, line.name, line.labels, asked, signal),
      (fresh) => {
        setAnswers(fresh);
        setError(undefined);
      },
      setError,
    );
    feed.current = opened;
    return () => opened.close();
  }, [instance]);

  useEffect(() => {
    if (!isVisible || widthPx === 0) return;
    const originMs = axis === "relative" ? startMs : 0;
    const margin = range === undefined ? 0 : (range[1] - range[0]) * MARGIN;
    const pixels = Math.ceil(widthPx / WIDTH_STEP_PX) * WIDTH_STEP_PX;
    feed.current?.want({
      query: {
        axis: axis === "relative" ? "time" : axis,
        from: range === undefined ? undefined : range[0] - margin + originMs,
        to: range === undefined ? undefined : range[1] + margin + originMs,
        buckets: range === undefined ? pixels : Math.round(pixels * (1 + 2 * MARGIN)),
      },
      lines: lines.map(({ key, summary }) => ({
        key,
        name: summary.name,
        labels: summary.labels,
        version: `${summary.count} ${summary.lastTimeNs}`,
      })),
    });
  }, [lines, axis, range, startMs, widthPx, isVisible]);

  const columns = useMemo(() => {
    if (answers === undefined) return undefined;
    const apiAxis = axis === "relative" ? "time" : axis;
    // Answers for the axis before a switch do not fit this one.
    const own = [...answers].filter(([, answer]) => answer.axis === apiAxis);
    return own.length === 0 ? undefined : new Map(own.map(([key, answer]) => [key, columnsOf(answer, axis === "relative" ? startMs : 0)]));
  }, [answers, axis, startMs]);
  const damage = useMemo(() => [...(answers?.values() ?? [])].flatMap((answer) => answer.damage ?? []), [answers]);
  return { columns, damage, error };
}
