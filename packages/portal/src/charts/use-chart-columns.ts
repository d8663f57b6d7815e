import type { ChartAxis } from "ava-protocol";
import { useMemo } from "react";
import type { Columns } from "./columns.js";
import type { ChartLine } from "./group-series.js";
import type { Growth } from "./growth.js";
import { onSeries, POINTS_ON_SERIES, xLineKey } from "./on-series.js";
import { overlaps, type Stretch } from "./stretch.js";
import { useColumns } from "./use-columns.js";
import { useLogParts } from "./use-log-parts.js";

/** What a chart asks for. */
export interface ChartAsk {
  lines: readonly ChartLine[];
  growth: Growth;
  axis: ChartAxis;
  /** Key of the series that is the x axis, and its lines: one of each run. Absent where `axis` is. */
  xSeries: string | undefined;
  xLines: readonly ChartLine[] | undefined;
  isLogX: boolean;
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
/**
 * Keeps the columns of a chart as fresh as the series are known to be, at one bucket a pixel, while the chart can be seen.
 *
 * @param ask - what the chart shows
 * @returns what to draw
 */
export function useChartColumns(ask: ChartAsk): ChartData {
  const { lines, growth, axis, xLines, isLogX, range, asked, widthPx, isVisible } = ask;
  const pixels = Math.ceil(widthPx / WIDTH_STEP_PX) * WIDTH_STEP_PX;
  const isReady = isVisible && widthPx > 0;
  const all = useMemo(() => (xLines === undefined ? lines : [...lines, ...xLines]), [lines, xLines]);
  const buckets = xLines === undefined ? pixels : POINTS_ON_SERIES;
  const told = useColumns(all, growth, { axis, from: undefined, to: undefined, buckets }, isReady);
  const coarse = useMemo(() => placed(told.columns, ask.lines, ask.xSeries), [told.columns, ask.lines, ask.xSeries]);
  const extent = useMemo(() => coarse && extentOf(coarse), [coarse]);
  const isWithin = (stretch: Stretch | undefined): boolean => stretch !== undefined && (extent === undefined || overlaps(stretch, extent));
  const own = isWithin(range) ? range : undefined;
  const isParted = isLogX && xLines === undefined;
  const whole = useLogParts(lines, growth, { axis, stretch: extent, buckets: pixels }, isReady && isParted, coarse);
  const margin = asked === undefined ? 0 : (asked[1] - asked[0]) * MARGIN;
  const part = { axis, from: asked && asked[0] - margin, to: asked && asked[1] + margin, buckets: Math.round(pixels * (1 + 2 * MARGIN)) };
  const isZoomWanted = isReady && xLines === undefined && isWithin(asked);
  const zoomed = useColumns(lines, growth, part, isZoomWanted);
  const fineZoomed = useLogParts(lines, growth, { axis, stretch: asked, buckets: pixels }, isZoomWanted && isParted, zoomed.columns);
  const columns = useMemo(() => {
    if (own === undefined || fineZoomed === undefined) return whole;
    // Until the finer columns of this very stretch are there, what is there is drawn.
    const fine = [...fineZoomed].filter(([, { from, to }]) => from <= own[0] && to >= own[1]);
    return whole === undefined && fine.length === 0 ? undefined : new Map([...(whole ?? []), ...fine]);
  }, [own, fineZoomed, whole]);
  const error = own === undefined ? told.error : (zoomed.error ?? told.error);
  const damage = own === undefined || xLines !== undefined ? told.damage : zoomed.damage;
  return { columns, whole, range: own, damage, error };
}

/** Lines over another series, where that is the x axis. */
function placed(
  columns: ReadonlyMap<string, Columns> | undefined,
  lines: readonly ChartLine[],
  xSeries: string | undefined,
): ReadonlyMap<string, Columns> | undefined {
  if (columns === undefined || xSeries === undefined) return columns;
  return new Map(
    lines.flatMap((line): [string, Columns][] => {
      const own = columns.get(line.key);
      const axis = columns.get(xLineKey(line, xSeries));
      return own === undefined || axis === undefined ? [] : [[line.key, onSeries(own, axis)]];
    }),
  );
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
