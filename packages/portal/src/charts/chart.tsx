import { memo, type ReactNode, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { IconButton } from "../controls/icon-button.js";
import type { InstanceView } from "../view-state/instance-view.js";
import type { ChangeView } from "../view-state/use-view.js";
import { useWords } from "../words/use-words.js";
import { ChartTip, type TipHandle } from "./chart-tip.js";
import type { ChartGroup } from "./group-series.js";
import type { Growth } from "./growth.js";
import { Legend, type LegendHandle } from "./legend.js";
import { lineFigures } from "./line-figures.js";
import { metricUnit } from "./metric-name.js";
import { chartNotes } from "./notes.js";
import { Plot } from "./plot.js";
import { buildPlotModel, type PlotLine } from "./plot-model.js";
import { stretched } from "./stretch.js";
import { SummaryTable } from "./summary-table.js";
import { useChartColumns } from "./use-chart-columns.js";
import { useVisible, useWhile } from "./use-visible.js";
import { useWidth } from "./use-width.js";
import type { Zoom } from "./zoom.js";

/** Heights of a chart in CSS pixels. */
const HEIGHT_PX = 208;
const LARGE_HEIGHT_PX = 420;
/** Lines drawn unless the chart is enlarged: each line is a question to the platform, and more cannot be told apart. */
const MOST_LINES = 16;

/** What a chart is told. */
export interface ChartProps {
  growth: Growth;
  zoom: Zoom;
  group: ChartGroup;
  view: InstanceView;
  change: ChangeView<InstanceView>;
}

/** One chart of the page: title, remarks, canvas, legend. It is drawn once it comes into view and asks for data while it is there. */
export const Chart: React.NamedExoticComponent<ChartProps> = memo(function Chart(props: ChartProps): ReactNode {
  const { growth, zoom, group, change } = props;
  const words = useWords();
  const figure = useRef<HTMLElement>(null);
  const legend = useRef<LegendHandle>(null);
  const tip = useRef<TipHandle>(null);
  const [isTable, setTable] = useState(false);
  const { isVisible, wasVisible } = useVisible(figure);
  // Out of view the old view stays: switching an axis must not prepare and paint hundreds of charts that are not seen.
  const view = useWhile(isVisible, props.view);
  const widthPx = useWidth(figure);
  const isLarge = view.large.includes(group.base);
  const lines = useMemo(() => (isLarge ? group.lines : group.lines.slice(0, MOST_LINES)), [isLarge, group]);
  const hidden = useMemo(() => new Set(view.hidden), [view.hidden]);
  const drawn = useMemo(() => lines.filter((line) => !hidden.has(line.key)), [lines, hidden]);
  const { axis, isLog, smoothing } = view;
  const shown = useWhile(isVisible, useSyncExternalStore(zoom.subscribe, zoom.shown));
  const asked = useSyncExternalStore(zoom.subscribe, zoom.asked);
  const data = useChartColumns({ lines: drawn, growth, axis, range: shown, asked, widthPx, isVisible });
  const { columns, whole, extent, range, damage, error } = data;
  // As text, so that a new summary of the same lines does not prepare and paint charts anew that got no data.
  const structure = JSON.stringify(drawn.map(({ key, title, colorIndex }): PlotLine => ({ key, title, colorIndex })));
  const model = useMemo(() => {
    if (columns === undefined) return undefined;
    const known = (JSON.parse(structure) as PlotLine[]).filter((line) => columns.has(line.key));
    const own = known.map((line) => columns.get(line.key)!);
    const ownWhole = range === undefined ? own : known.map((line) => whole?.get(line.key));
    return buildPlotModel(known, own, { axis, isLog, smoothing, range, unit: metricUnit(group.base) }, ownWhole);
  }, [columns, whole, structure, axis, isLog, smoothing, range, group.base]);
  const figures = useMemo(() => {
    return new Map(group.lines.map((line) => [line.key, lineFigures(line, growth.version(line), whole?.get(line.key), axis === "step")]));
  }, [group, whole, growth, axis]);
  const notes = model === undefined ? [] : chartNotes(model, damage, words);
  const isEmpty = model !== undefined && model.lines.length > 0 && model.data[0].length === 0;
  const heightPx = isLarge ? LARGE_HEIGHT_PX : HEIGHT_PX;
  const toggle = (list: readonly string[], item: string): string[] =>
    list.includes(item) ? list.filter((other) => other !== item) : [...list, item];

  return (
    <figure ref={figure} className={isLarge ? "chart chart-large" : "chart"} data-chart={group.base} data-ready={model !== undefined}>
      <figcaption className="chart-head">
        <h3 title={group.base}>{group.base}</h3>
        <div className="chart-notes">
          {notes.map((note) => (
            <span key={note.id} className={note.isAlarm ? "note note-alarm" : "note"} title={note.title ?? note.text}>
              {note.text}
            </span>
          ))}
        </div>
        <IconButton
          icon={isTable ? "chart" : "table"}
          label={isTable ? words.charts.asChart : words.charts.asTable}
          onClick={() => setTable(!isTable)}
        />
        <IconButton
          icon={isLarge ? "shrink" : "expand"}
          label={isLarge ? words.charts.reduce : words.charts.enlarge}
          onClick={() => change({ large: toggle(view.large, group.base) })}
        />
      </figcaption>
      <SummaryTable lines={group.lines} unit={metricUnit(group.base)} figures={figures} caption={group.base} isHidden={!isTable} />
      {!isTable && (
        <div className="chart-body" style={{ minHeight: heightPx }}>
          {wasVisible && model !== undefined && widthPx > 0 && (
            <Plot
              key={JSON.stringify([model.axis, model.isLog, model.lines])}
              model={model}
              heightPx={heightPx}
              isVisible={isVisible}
              label={words.charts.chartLabel(group.base, model.lines.length)}
              handlers={{
                onStretch: (left, right, isDone) => {
                  if (extent === undefined) return;
                  const now = range === undefined ? model.xRange : (zoom.shown() ?? extent);
                  zoom.move(stretched(now, extent, left, right, false), isDone);
                },
                onReset: () => zoom.move(undefined, true),
                isZoomed: () => range !== undefined,
                onCursor: (cursor) => {
                  legend.current?.show(model, cursor?.places);
                  tip.current?.show(model, cursor);
                },
              }}
            />
          )}
          <ChartTip handle={tip} />
          {model === undefined && error === undefined && <div className="chart-loading" aria-hidden="true" />}
          {isEmpty && (
            <p className="chart-message">{view.axis === "epoch" && range === undefined ? words.charts.noEpochs : words.charts.noPoints}</p>
          )}
          {error !== undefined && <p className="chart-message chart-error">{words.charts.failed(error.message)}</p>}
        </div>
      )}
      <Legend
        handle={legend}
        lines={lines}
        figures={figures}
        unit={metricUnit(group.base)}
        hidden={hidden}
        onToggle={(key) => change({ hidden: toggle(view.hidden, key) })}
      />
      {group.lines.length > MOST_LINES && (
        <button type="button" className="link-button" onClick={() => change({ large: toggle(view.large, group.base) })}>
          {isLarge ? words.charts.fewerLines : words.charts.moreLines(group.lines.length - MOST_LINES)}
        </button>
      )}
    </figure>
  );
});
