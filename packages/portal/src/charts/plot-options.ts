import type uPlot from "uplot";
import { formatTick } from "../words/format-number.js";
import type { PlotColumn } from "./align.js";
import type { GestureHandlers } from "./gestures.js";
import { logTicks } from "./log-ticks.js";
import { LINE_WIDTH_PX, type PlotColors, paintBehind, paintNonFinite } from "./paint.js";
import { paintCut } from "./paint-cut.js";
import { paintMark } from "./paint-mark.js";
import type { PlotModel } from "./plot-model.js";
import { dotIndexes } from "./point-marks.js";
import { withKeptTicks } from "./ticks.js";
import { xAxisOptions } from "./x-axis.js";

/** What the reader does with a chart. */
export interface PlotHandlers extends GestureHandlers {
  /** The cursor moved, or left. */
  onCursor(cursor: PlotCursor | undefined): void;
}

/** Where the cursor stands. */
export interface PlotCursor {
  /** Place on the common axis. */
  place: number;
  /** For each line the place on the common axis of the point that the cursor finds. */
  places: readonly (number | null | undefined)[];
  /** From the chart's left edge, in CSS pixels. */
  leftPx: number;
  /** The reader points at this chart, or has it under the keyboard: not at another one that moves it along. */
  isPointed: boolean;
}

/** Charts with this key move their cursors together. */
export const CURSOR_SYNC = "ava";

const FONT = "11px system-ui, -apple-system, 'Segoe UI', sans-serif";
/** Shortest drag that is a zoom and not a click, in CSS pixels. */
const SHORTEST_DRAG_PX = 6;
/** How far beyond the end of a line the cursor still finds its last point, in CSS pixels. */
const EDGE_PX = 8;
/** Opacity of lines while another one is set off. */
const FADED_ALPHA = 0.2;
/** A dot needs about this much room, in CSS pixels. */
const DOT_SPACE_PX = 14;

/**
 * Builds uPlot's options for a chart. They read the model anew at each drawing, so the chart is made once and then fed.
 *
 * @param model - gives the current model; its lines, axis and kind of y scale must stay
 * @param colors - gives the colours of the current theme
 * @param handlers - what to tell
 * @param size - in CSS pixels
 * @returns the options
 */
export function plotOptions(
  model: () => PlotModel,
  colors: () => PlotColors,
  handlers: PlotHandlers,
  size: { width: number; height: number },
): uPlot.Options {
  const { axis, unit, isLog, isLogX, lines } = model();
  const axisLook: uPlot.Axis = {
    stroke: () => colors().text,
    grid: { stroke: () => colors().grid, width: 1 },
    ticks: { show: false },
    font: FONT,
    gap: 6,
  };
  return {
    ...size,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    focus: { alpha: FADED_ALPHA },
    scales: {
      x: { time: false, distr: isLogX ? 3 : 1, range: () => model().xRange },
      y: { distr: isLog ? 3 : 1, range: () => model().yRange },
    },
    axes: [
      withKeptTicks({ ...axisLook, ...xAxisOptions(axis), ...(isLogX ? logXOptions() : {}), size: 28 }),
      withKeptTicks({
        ...axisLook,
        size: (_plot, values) => Math.max(44, 14 + 6.2 * Math.max(0, ...(values ?? []).map((value) => value.length))),
        values: (_plot, splits, _axis, _space, increment) => splits.map((at) => formatTick(at, isLog ? 0 : increment, unit)),
        ...(isLog
          ? {
              splits: (plot: uPlot, _axis: number, min: number, max: number) => logTicks(min, max, plot.height / 28),
              filter: (_plot: uPlot, splits: number[]) => splits,
            }
          : { space: 32 }),
      }),
    ],
    series: [{}, ...lines.map((line, k) => lineOptions(k, line.colorIndex, model, colors))],
    cursor: {
      sync: { key: CURSOR_SYNC, setSeries: false, scales: ["x", null] },
      drag: { x: true, y: false, setScale: false },
      points: { size: 7, width: 1.5 },
      // Beyond the ends of a line the cursor finds nothing, although another line or another chart goes on there.
      hover: { prox: (_plot, series, _place, x) => (hasPlace(model(), series - 1, x) ? Infinity : EDGE_PX) },
      bind: {
        // With Shift a drag pans.
        mousedown: (_plot, _target, handle) => (event) => (event.shiftKey ? null : handle(event)),
        dblclick: () => () => {
          handlers.onReset();
          return null;
        },
      },
    },
    select: { show: true, left: 0, top: 0, width: 0, height: 0 },
    hooks: {
      drawAxes: [(plot) => paintBehind(plot, model(), colors())],
      draw: [
        (plot) => paintNonFinite(plot, model(), colors()),
        (plot) => paintCut(plot, model(), colors()),
        (plot) => paintMark(plot, model(), colors()),
      ],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < SHORTEST_DRAG_PX) return;
          // The common cursor ends the drag in each chart, there without an event: the zoom, which they share, is of the one that was dragged in.
          if (plot.cursor.event != null) handlers.onStretch(left / plot.over.clientWidth, (left + width) / plot.over.clientWidth, true);
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
      setCursor: [(plot) => handlers.onCursor(cursorOf(plot))],
    },
  };
}

function cursorOf(plot: uPlot): PlotCursor | undefined {
  const { idx, idxs, left = 0 } = plot.cursor;
  if (idx == null || left < 0) return undefined;
  return {
    place: idx,
    places: idxs?.slice(1) ?? [],
    leftPx: left + plot.bbox.left / devicePixelRatio,
    isPointed: plot.root.parentElement?.matches(":hover, :focus-visible") === true,
  };
}

function lineOptions(k: number, colorIndex: number, model: () => PlotModel, colors: () => PlotColors): uPlot.Series {
  const color = (): string => {
    const { lines } = colors();
    return lines[colorIndex % lines.length]!;
  };
  return {
    label: model().lines[k]!.key,
    stroke: color,
    width: LINE_WIDTH_PX,
    // Beyond the palette a dash tells lines of one colour apart.
    ...dashOf(Math.floor(colorIndex / colors().lines.length)),
    points: {
      size: 5,
      width: 1,
      stroke: color,
      fill: color,
      show: false,
      filter: (plot) => dotIndexes(model().data[k + 1] as PlotColumn, plot.width / DOT_SPACE_PX),
    },
  };
}

/** Ticks of a logarithmic x axis, as of a y axis. */
function logXOptions(): Pick<uPlot.Axis, "splits" | "filter" | "values"> {
  return {
    splits: (plot, _axis, min, max) => logTicks(min, max, plot.width / 72),
    filter: (_plot, splits) => splits,
    values: (_plot, splits) => splits.map((at) => formatTick(at, 0)),
  };
}

const DASHES: readonly number[][] = [
  [6, 3],
  [2, 2],
  [10, 3, 2, 3],
];

function dashOf(round: number): { dash?: number[] } {
  return round === 0 ? {} : { dash: DASHES[(round - 1) % DASHES.length]! };
}

function hasPlace(model: PlotModel, k: number, x: number): boolean {
  const places = model.columns[k]?.x;
  return places !== undefined && places.length > 0 && x >= places[0]! && x <= places.at(-1)!;
}
