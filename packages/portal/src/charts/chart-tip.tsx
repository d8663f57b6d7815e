import { type ReactNode, type Ref, useImperativeHandle, useRef } from "react";
import { formatCount } from "../words/format-number.js";
import { useWords } from "../words/use-words.js";
import type { Words } from "../words/words.js";
import { onNextFrame } from "./frames.js";
import type { PlotModel } from "./plot-model.js";
import type { PlotCursor } from "./plot-options.js";
import { formatPlace } from "./x-axis.js";

/** Colours before they repeat; see `--line-1` to `--line-8`. */
const PALETTE_SIZE = 8;
/** Lines listed; more would cover the chart. */
const MOST_LINES = 12;

/** Lets the cursor write into the tip without a rendering of React for each pixel. */
export interface TipHandle {
  show(model: PlotModel, cursor: PlotCursor | undefined): void;
}

/** Rest of the cursor after which the moment of its point is asked for, in milliseconds. */
const REST_MS = 60;

/**
 * What stands under the cursor: the place on the axis, and on the chart that the reader points at the values in full, greatest first.
 *
 * @param props - how the cursor reaches it; what asks for more about a point: a line of text, for the first of these lines at a place
 * @returns the element; hidden from assistive technology, which reads the legend
 */
export function ChartTip(props: {
  handle: Ref<TipHandle>;
  loadMoment: (key: string, x: number, signal: AbortSignal) => Promise<string | undefined>;
}): ReactNode {
  const { handle, loadMoment } = props;
  const words = useWords();
  const asking = useRef(new AbortController());
  const tip = useRef<HTMLDivElement>(null);
  useImperativeHandle(
    handle,
    () => ({
      show(model, cursor) {
        asking.current.abort();
        const { signal } = (asking.current = new AbortController());
        if (cursor?.isPointed === true) {
          const rest = setTimeout(() => void addMoment(tip.current, firstPlace(model, cursor), loadMoment, signal), REST_MS);
          signal.addEventListener("abort", () => clearTimeout(rest));
        }
        onNextFrame(tip, () => {
          const element = tip.current;
          if (element === null) return;
          element.hidden = cursor === undefined;
          if (cursor === undefined) return;
          element.replaceChildren(...tipContent(model, cursor, words));
          const room = element.parentElement?.clientWidth ?? 0;
          const isRight = cursor.leftPx > room / 2;
          element.style.insetInlineStart = isRight ? "auto" : `${cursor.leftPx + 12}px`;
          element.style.insetInlineEnd = isRight ? `${room - cursor.leftPx + 12}px` : "auto";
        });
      },
    }),
    [words, loadMoment],
  );
  return <div ref={tip} className="chart-tip" data-tip="" aria-hidden="true" hidden />;
}

function tipContent(model: PlotModel, cursor: PlotCursor, words: Words): HTMLElement[] {
  const x = model.data[0][cursor.place]!;
  const head = textRow("tip-place", `${axisName(model, words)} ${formatPlace(model.axis, x)}`);
  if (!cursor.isPointed) return [head];
  const found = model.lines
    .map((line, k) => ({ line, columns: model.columns[k]!, row: rowAt(model, k, cursor.places[k]) }))
    .filter(({ row }) => row >= 0)
    .sort((a, b) => b.columns.last[b.row]! - a.columns.last[a.row]!);
  const lines = found.slice(0, MOST_LINES).map(({ line, columns, row: at }) => {
    const element = textRow("tip-line", line.title, valueText(columns.last[at]!));
    element.style.setProperty("--line", `var(--line-${(line.colorIndex % PALETTE_SIZE) + 1})`);
    const notes: string[] = [];
    if (columns.isBucketed && columns.count[at]! > 1) {
      notes.push(`${valueText(columns.min[at]!)} … ${valueText(columns.max[at]!)}`, words.charts.points(formatCount(columns.count[at]!)));
    }
    // A line without a point at the cursor's place shows its nearest one.
    if (columns.x[at] !== x) notes.push(formatPlace(model.axis, columns.x[at]!));
    if (notes.length > 0) element.append(textRow("tip-note", notes.join(" · ")));
    return element;
  });
  if (found.length > MOST_LINES) lines.push(textRow("tip-note", `+${found.length - MOST_LINES}`));
  return [head, ...lines];
}

/** @returns name of a chart's x axis */
export function axisName({ axis, xSeries = "" }: Pick<PlotModel, "axis" | "xSeries">, words: Words): string {
  return axis === "series" ? xSeries : words.charts.axes[axis];
}

/** The point that the tip names first. */
function firstPlace(model: PlotModel, cursor: PlotCursor): { key: string; x: number } | undefined {
  const places = model.lines.flatMap(({ key, isBand }, k) => {
    const row = rowAt(model, k, cursor.places[k]);
    return row < 0 || isBand === true ? [] : [{ key, x: model.columns[k]!.x[row]!, value: model.columns[k]!.last[row]! }];
  });
  return places.sort((a, b) => b.value - a.value)[0];
}

/** Adds when a point was recorded, once that is known; without it the tip is as it was. */
async function addMoment(
  tip: HTMLElement | null,
  place: { key: string; x: number } | undefined,
  load: (key: string, x: number, signal: AbortSignal) => Promise<string | undefined>,
  signal: AbortSignal,
): Promise<void> {
  if (place === undefined) return;
  const text = await load(place.key, place.x, signal).catch(() => undefined);
  if (text !== undefined && !signal.aborted) tip?.firstElementChild?.after(textRow("tip-note", text));
}

function rowAt(model: PlotModel, k: number, place: number | null | undefined): number {
  return place == null ? -1 : model.rows[k]![place]!;
}

/** All digits of the value. */
function valueText(value: number): string {
  return String(value).replace("-", "\u2212").replace("Infinity", "∞");
}

function textRow(className: string, ...texts: string[]): HTMLElement {
  const element = document.createElement("div");
  element.className = className;
  for (const text of texts) {
    const part = document.createElement("span");
    part.textContent = text;
    element.append(part);
  }
  return element;
}
