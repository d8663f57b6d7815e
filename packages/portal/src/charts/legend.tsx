import { type ReactNode, type Ref, useImperativeHandle, useRef } from "react";
import { formatQuantity, type Unit } from "../words/format-number.js";
import { useWords } from "../words/use-words.js";
import { onNextFrame } from "./frames.js";
import type { ChartLine } from "./group-series.js";
import type { LineFigures } from "./line-figures.js";
import type { PlotModel } from "./plot-model.js";

/** Lets the cursor write into the legend without a rendering of React for each pixel. */
export interface LegendHandle {
  /** @param places - for each line of the model its place on the common axis; nothing shows the last values */
  show(model: PlotModel, places: readonly (number | null | undefined)[] | undefined): void;
}

/** Colours before the lines are dashed; see `--line-1` to `--line-8`. */
const PALETTE_SIZE = 8;

/**
 * The lines of a chart by colour and name with their values, last or at the cursor; a click shows or hides a line.
 *
 * @param props - all lines, which are hidden, what a click does
 * @returns the element
 */
export function Legend(props: {
  handle: Ref<LegendHandle>;
  lines: readonly Pick<ChartLine, "key" | "title" | "colorIndex">[];
  figures: ReadonlyMap<string, LineFigures>;
  unit: Unit;
  hidden: ReadonlySet<string>;
  onToggle: (key: string) => void;
}): ReactNode {
  const { handle, lines, figures, unit, hidden, onToggle } = props;
  const words = useWords();
  const cells = useRef(new Map<string, HTMLElement>());
  useImperativeHandle(
    handle,
    () => ({
      show(model, places) {
        onNextFrame(cells, () => {
          model.lines.forEach((line, k) => {
            const cell = cells.current.get(line.key);
            if (cell === undefined) return;
            const text =
              places === undefined ? formatQuantity(figures.get(line.key)?.last ?? Number.NaN, unit) : valueAt(model, k, places[k]);
            if (cell.textContent !== text) cell.textContent = text;
          });
        });
      },
    }),
    [figures, unit],
  );
  return (
    <ul className="legend">
      {lines.map((line) => (
        <li key={line.key}>
          <button
            type="button"
            className="legend-line"
            aria-pressed={!hidden.has(line.key)}
            title={words.charts.toggleLine(line.title)}
            onClick={() => onToggle(line.key)}
          >
            <span
              className={line.colorIndex >= PALETTE_SIZE ? "swatch swatch-dashed" : "swatch"}
              style={{ color: `var(--line-${(line.colorIndex % PALETTE_SIZE) + 1})` }}
            />
            <span className="legend-name">{line.title}</span>
            <span
              className="legend-value"
              data-line={line.key}
              ref={(element) => {
                if (element === null) cells.current.delete(line.key);
                else cells.current.set(line.key, element);
              }}
            >
              {formatQuantity(figures.get(line.key)?.last ?? Number.NaN, unit)}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The value of a line at a place; when it is smoothed or stands for many, what it stands for as well. */
function valueAt(model: PlotModel, k: number, place: number | null | undefined): string {
  const row = place == null ? -1 : model.rows[k]![place]!;
  if (row < 0) return "–";
  const { unit } = model;
  const { last, min, max, isBucketed } = model.columns[k]!;
  const text = formatQuantity(last[row]!, unit);
  if (model.isSmoothed) return `${formatQuantity(model.values[k]![row]!, unit)} (${text})`;
  return isBucketed && min[row]! < max[row]! ? `${text} [${formatQuantity(min[row]!, unit)} … ${formatQuantity(max[row]!, unit)}]` : text;
}
