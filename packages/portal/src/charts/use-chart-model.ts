import { useMemo, useSyncExternalStore } from "react";
import type { ChartView } from "../view-state/chart-view.js";
import type { ChartGroup, ChartLine } from "./group-series.js";
import type { Growth } from "./growth.js";
import { type LineFigures, lineFigures } from "./line-figures.js";
import type { Mark } from "./mark.js";
import { metricUnit } from "./metric-name.js";
import { buildPlotModel, type PlotLine, type PlotModel } from "./plot-model.js";
import { joinRuns } from "./run-band.js";
import type { Stretch } from "./stretch.js";
import { type ChartData, useChartColumns } from "./use-chart-columns.js";
import { useWhile } from "./use-visible.js";
import type { Zoom } from "./zoom.js";

/** What a chart is drawn from. */
export interface ChartDrawing extends Pick<ChartData, "range" | "damage" | "error"> {
  /** `undefined` until the first answer. */
  model: PlotModel | undefined;
  figures: ReadonlyMap<string, LineFigures>;
  /** No gesture is changing what is shown. */
  isResting: boolean;
}

/**
 * Keeps what a chart draws as fresh as its series are known to be.
 *
 * @param chart - the chart, the lines of it that are drawn, how they are read, how far they have grown, and whether and how wide it is seen
 * @returns what to draw
 */
export function useChartModel(chart: {
  group: ChartGroup;
  drawn: readonly ChartLine[];
  growth: Growth;
  zoom: Zoom;
  view: ChartView;
  mark: Mark | undefined;
  /** Lines of the series that is the x axis, one of each run. */
  xLines: readonly ChartLine[] | undefined;
  widthPx: number;
  isVisible: boolean;
}): ChartDrawing {
  const { group, drawn, growth, zoom, view, widthPx, isVisible } = chart;
  const { axis: chosenAxis, xSeries, isLog, isLogX, smoothing } = view;
  // Another series is found by the steps that both have.
  const axis = xSeries === undefined ? chosenAxis : "step";
  const mark = xSeries === undefined ? chart.mark?.[axis] : undefined;
  const shown = useWhile(isVisible, useSyncExternalStore(zoom.subscribe, zoom.shown));
  const asked = useSyncExternalStore(zoom.subscribe, zoom.asked);
  const data = useChartColumns({
    lines: drawn,
    growth,
    axis,
    xSeries,
    xLines: chart.xLines,
    isLogX,
    range: shown,
    asked,
    widthPx,
    isVisible,
  });
  const { columns, whole, range, damage, error } = data;
  const { bands } = group;
  const yLimits = useYLimits(view, group.base);
  const isClipped = view.clipped.includes(group.base);
  // As text, so that a new summary of the same lines does not prepare and paint charts anew that got no data.
  const structure = JSON.stringify(drawn.map(({ key, title, colorIndex }): PlotLine => ({ key, title, colorIndex })));
  const model = useMemo(() => {
    if (columns === undefined) return undefined;
    const known = (JSON.parse(structure) as PlotLine[]).filter((line) => columns.has(line.key));
    const own = known.map((line) => columns.get(line.key)!);
    const ownWhole = range === undefined ? own : known.map((line) => whole?.get(line.key));
    const read = { axis, xSeries, isLog, isLogX, smoothing, range, unit: metricUnit(group.base), yLimits, isClipped, mark };
    if (bands === undefined) return buildPlotModel(known, own, read, ownWhole);
    const joined = joinRuns(bands, known, columns);
    const joinedWhole = new Map(joinRuns(bands, known, whole).map((band) => [band.line.key, band.columns]));
    return buildPlotModel(
      joined.map(({ line }) => line),
      joined.map((band) => band.columns),
      read,
      joined.map(({ line }) => joinedWhole.get(line.key)),
    );
  }, [columns, whole, structure, axis, xSeries, isLog, isLogX, smoothing, range, group.base, yLimits, isClipped, mark, bands]);
  const figures = useMemo(() => {
    const ofBands = joinRuns(bands ?? [], group.lines, whole).map(({ line, columns: own }): [string, LineFigures] => {
      return [line.key, { last: own.newest, min: NaN, max: NaN, count: NaN, lastStep: NaN }];
    });
    const ofLines = group.lines.map((line): [string, LineFigures] => {
      return [line.key, lineFigures(line, growth.version(line), whole?.get(line.key), axis === "step")];
    });
    return new Map([...ofBands, ...ofLines]);
  }, [group, bands, whole, growth, axis]);
  return { model, figures, range, damage, error, isResting: shown === asked };
}

/** The same array as long as it says the same. */
function useYLimits({ yRanges }: ChartView, base: string): Stretch | undefined {
  const [, min, max] = yRanges.find(([name]) => name === base) ?? [];
  return useMemo(() => (min === undefined || max === undefined ? undefined : [min, max]), [min, max]);
}
