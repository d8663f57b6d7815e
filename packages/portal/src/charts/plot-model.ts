import type { ChartAxis } from "ava-protocol";
import type uPlot from "uplot";
import type { Unit } from "../words/format-number.js";
import { align, isDrawable, plotColumn } from "./align.js";
import type { Columns } from "./columns.js";
import { type NonFiniteSpan, nonFiniteSpans } from "./non-finite.js";
import { type Fences, findFences } from "./outliers.js";
import { rowFrom, rowsOf } from "./rows.js";
import { smooth } from "./smooth.js";
import type { PlotAxis } from "./x-axis.js";
import { yRange } from "./y-range.js";

/** How one line looks. */
export interface PlotLine {
  key: string;
  title: string;
  colorIndex: number;
  /** Stands for several runs: its least and greatest values are a band around it. */
  isBand?: true;
}

/** How a chart is read. */
export interface PlotView {
  axis: ChartAxis;
  /** Name of the x axis, where it is another series. */
  xSeries?: string | undefined;
  isLog: boolean;
  isLogX?: boolean;
  /** 0 to 99 percent. */
  smoothing: number;
  range: readonly [number, number] | undefined;
  unit?: Unit;
  /** Least and greatest value of the y axis, where the reader set them. */
  yLimits?: readonly [min: number, max: number] | undefined;
  /** Place that is marked. */
  mark?: number | undefined;
  /** Outliers are cut off. */
  isClipped?: boolean;
}

/** Everything a chart draws, ready for the canvas. */
export interface PlotModel {
  lines: readonly PlotLine[];
  columns: readonly Columns[];
  /** The lines' values: smoothed, or as they are. */
  values: readonly Float64Array[];
  rows: readonly Int32Array[];
  data: uPlot.AlignedData;
  spans: readonly (readonly NonFiniteSpan[])[];
  axis: PlotAxis;
  /** Name of the x axis, where it is another series. */
  xSeries: string | undefined;
  isLogX: boolean;
  /** All of the axis: what a zoom can show at most. */
  wholeRange: [number, number];
  /** What the values count. */
  unit: Unit;
  isLog: boolean;
  isSmoothed: boolean;
  /** True when a log axis was wished and nothing is positive. */
  lacksPositive: boolean;
  /** Rows that have no place on the log axis. */
  nonPositive: number;
  xRange: [number, number];
  yRange: [number, number];
  /** Where values lie far from all others. */
  fences: Fences | undefined;
  mark: number | undefined;
  /** Values may lie beyond the y axis. */
  isCut: boolean;
}

/**
 * Prepares a chart.
 *
 * @param lines - the visible lines
 * @param all - columns of each line
 * @param view - how to read them
 * @param whole - of a zoomed and smoothed chart, each line from beginning to end as far as it is known
 * @returns the model
 */
export function buildPlotModel(
  lines: readonly PlotLine[],
  all: readonly Columns[],
  view: PlotView,
  whole: readonly (Columns | undefined)[] = all,
): PlotModel {
  const isLogX = view.isLogX === true && all.some((own) => own.x.at(-1)! > 0);
  const columns = isLogX ? all.map(positiveRows) : all;
  const isSmoothed = view.smoothing > 0;
  const { x, rows } = align(columns.map((column) => column.x));
  const full = fullRange(columns, x, view.axis);
  const known = whole.flatMap((own) => (own === undefined ? [] : isLogX ? positiveRows(own) : own));
  const wholeRange = known.length === 0 ? full : fullRange(known, align(known.map((own) => own.x)).x, view.axis);
  const xRange = shownRange(view.range, full, isLogX);
  const spanX = wholeSpan(whole) || xRange[1] - xRange[0];
  const values = columns.map((column, k) => (isSmoothed ? smooth(column, view.smoothing / 100, spanX, whole[k]) : column.last));
  const logRange = view.isLog ? yRange(columns, ...xRange, true) : undefined;
  const isLog = logRange !== undefined;
  const fences = findFences(columns, ...xRange, isLog);
  const limits = view.yLimits !== undefined && (!isLog || view.yLimits[0] > 0) ? view.yLimits : undefined;
  const cut = limits ?? (view.isClipped === true && fences !== undefined ? yRange(columns, ...xRange, isLog, fences) : undefined);
  return {
    lines,
    columns,
    values,
    rows,
    data: [x, ...values.map((column, k) => plotColumn(column, rows[k]!, isLog))] as uPlot.AlignedData,
    spans: columns.map(nonFiniteSpans),
    axis: view.xSeries === undefined ? view.axis : "series",
    xSeries: view.xSeries,
    isLogX,
    wholeRange,
    unit: view.unit,
    isLog,
    isSmoothed,
    lacksPositive: view.isLog && !isLog && columns.some((column) => column.last.some(Number.isFinite)),
    nonPositive: isLog ? columns.reduce((sum, column) => sum + countNonPositive(column.last), 0) : 0,
    xRange,
    yRange: (cut && [...cut]) ?? logRange ?? yRange(columns, ...xRange, false) ?? [0, 1],
    fences,
    mark: view.mark,
    isCut: cut !== undefined,
  };
}

/** Rows that have a place on a logarithmic x axis. */
function positiveRows(columns: Columns): Columns {
  const rows = rowsOf(columns, rowFrom(columns.x, Number.MIN_VALUE), columns.x.length);
  return { ...rows, start: rows.start.map((start, i) => (start > 0 ? start : rows.x[i]!)) };
}

function shownRange(range: PlotView["range"], full: readonly [number, number], isLogX: boolean): [number, number] {
  const [from, to] = range ?? full;
  return isLogX && !(from > 0) && full[0] < to ? [full[0], to] : [from, to];
}

function wholeSpan(whole: readonly (Columns | undefined)[]): number {
  const ends = whole.flatMap((columns) => (columns === undefined || columns.x.length === 0 ? [] : [columns.x[0]!, columns.x.at(-1)!]));
  return ends.length === 0 ? 0 : Math.max(...ends) - Math.min(...ends);
}

function fullRange(columns: readonly Columns[], x: Float64Array, axis: ChartAxis): [number, number] {
  const first = Math.min(x[0] ?? 0, ...columns.flatMap(({ start }) => start[0] ?? []));
  const last = x.at(-1) ?? 1;
  if (first < last) return [first, last];
  const room = axis === "time" || axis === "relative" ? 500 : 0.5;
  return [first - room, last + room];
}

function countNonPositive(values: Float64Array): number {
  let count = 0;
  for (const value of values) if (Number.isFinite(value) && !isDrawable(value, true)) count += 1;
  return count;
}
