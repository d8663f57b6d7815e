import type { ChartAxis, ChartSeriesAnswer } from "ava-protocol";
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { loadSeries, type SeriesQuery } from "../api/series.js";
import { type ChartFeed, createChartFeed } from "./chart-feed.js";
import { type Columns, columnsOf } from "./columns.js";
import type { ChartLine } from "./group-series.js";
import type { Growth } from "./growth.js";
import { overlaps, type Stretch } from "./stretch.js";

/** What a chart asks for. */
export interface ChartAsk {
  lines: readonly ChartLine[];
  growth: Growth;
  axis: ChartAxis;
  /** Stretch of the axis that is shown. */
  range: Stretch | undefined;
  /** Stretch that is asked for: the one that is shown, or an earlier one of a gesture that goes on. */
  asked: Stretch | undefined;
  widthPx: number;
  isVisible: boolean;
}

/** What a chart has to draw. */
export interface ChartData {
  /** By key of the series, for the axis that was asked for; `undefined` until the first answer. */
  columns: ReadonlyMap<string, Columns> | undefined;
  /** The same from beginning to end, at the resolution of a chart that is not zoomed. */
  whole: ReadonlyMap<string, Columns> | undefined;
  /** Whole length of the axis, once it is known. */
  extent: Stretch | undefined;
  /** Stretch that this chart shows: one that lies beside all of its points is another chart's. */
  range: Stretch | undefined;
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
  const { axis, range, asked, widthPx, isVisible } = ask;
  const pixels = Math.ceil(widthPx / WIDTH_STEP_PX) * WIDTH_STEP_PX;
  const isReady = isVisible && widthPx > 0;
  const whole = useColumns(ask, { axis, from: undefined, to: undefined, buckets: pixels }, isReady);
  const extent = useMemo(() => whole.columns && extentOf(whole.columns), [whole.columns]);
  const margin = asked === undefined ? 0 : (asked[1] - asked[0]) * MARGIN;
  const part = { axis, from: asked && asked[0] - margin, to: asked && asked[1] + margin, buckets: Math.round(pixels * (1 + 2 * MARGIN)) };
  const isWithin = (stretch: Stretch | undefined): boolean => stretch !== undefined && (extent === undefined || overlaps(stretch, extent));
  const zoomed = useColumns(ask, part, isReady && isWithin(asked));
  const own = isWithin(range) ? range : undefined;
  const columns = useMemo(() => {
    if (own === undefined || zoomed.columns === undefined) return whole.columns;
    // Until the finer columns of this very stretch are there, what is there is drawn.
    const fine = [...zoomed.columns].filter(([, { from, to }]) => from <= own[0] && to >= own[1]);
    return whole.columns === undefined && fine.length === 0 ? undefined : new Map([...(whole.columns ?? []), ...fine]);
  }, [own, zoomed.columns, whole.columns]);
  const error = own === undefined ? whole.error : (zoomed.error ?? whole.error);
  return { columns, whole: whole.columns, extent, range: own, damage: own === undefined ? whole.damage : zoomed.damage, error };
}

function extentOf(columns: ReadonlyMap<string, Columns>): Stretch {
  let from = Infinity;
  let to = -Infinity;
  for (const { start, x } of columns.values()) {
    from = Math.min(from, start[0] ?? Infinity);
    to = Math.max(to, x.at(-1) ?? -Infinity);
  }
  return [from, to];
}

function useColumns({ lines, growth }: ChartAsk, query: SeriesQuery, isWanted: boolean): Pick<ChartData, "columns" | "damage" | "error"> {
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
