import { memo, type ReactNode, useCallback, useMemo, useRef, useState } from "react";
import { useUntold } from "../controls/away.js";
import { failureText } from "../controls/failure-text.js";
import { type ChartView, toggled } from "../view-state/chart-view.js";
import type { ChangeView } from "../view-state/use-view.js";
import { useLanguage, useWords } from "../words/use-words.js";
import { ChartHead } from "./chart-head.js";
import { axisName, ChartTip, type TipHandle } from "./chart-tip.js";
import type { ChartGroup, ChartLine } from "./group-series.js";
import type { Growth } from "./growth.js";
import { Legend, type LegendHandle } from "./legend.js";
import { loadLinePoint } from "./line-points.js";
import type { Mark } from "./mark.js";
import { metricUnit } from "./metric-name.js";
import { momentText } from "./moment-text.js";
import { chartNotes } from "./notes.js";
import { Plot } from "./plot.js";
import { plotOf } from "./plot-host.js";
import type { PlotCursor } from "./plot-options.js";
import { type PickedPoint, PointCard } from "./point-card.js";
import { pointsAt } from "./points-at.js";
import { saveChart } from "./save/save.js";
import { overlaps, stretched } from "./stretch.js";
import { SummaryTable } from "./summary-table.js";
import { useChartModel } from "./use-chart-model.js";
import { useFullScreen } from "./use-full-screen.js";
import { useOutliers } from "./use-outliers.js";
import { useRanks } from "./use-ranks.js";
import { useVisible, useWhile } from "./use-visible.js";
import { useWidth } from "./use-width.js";
import type { Zoom } from "./zoom.js";

/** Heights of charts in CSS pixels. */
const HEIGHTS_PX = { small: 148, medium: 208, large: 320 } as const;
const ENLARGED_HEIGHT_PX = 420;
/** What a chart has beside its lines when it fills the screen, in CSS pixels. */
const FRAME_PX = 110;
/** Lines drawn unless the chart is enlarged: each line is a question to the platform, and more cannot be told apart. */
const MOST_LINES = 16;
/** Of several runs as many as may be compared. */
const MOST_RUNS = 100;

/** What a chart is told. */
export interface ChartProps {
  growth: Growth;
  zoom: Zoom;
  group: ChartGroup;
  view: ChartView;
  change: ChangeView<ChartView>;
  /** Moment that is marked. */
  mark?: Mark | undefined;
  /** Lines of the series that is the x axis, one of each run; absent where the axis is not a series. */
  xLines?: readonly ChartLine[] | undefined;
  isPinned: boolean;
  /** @param base - name of the chart that is to be pinned, or not any more */
  onPin: (base: string) => void;
}

/** One chart of the page: title, remarks, canvas, legend. It is drawn once it comes into view and asks for data while it is there. */
export const Chart: React.NamedExoticComponent<ChartProps> = memo(function Chart(props: ChartProps): ReactNode {
  const { growth, zoom, change, isPinned, onPin } = props;
  const { base } = props.group;
  const words = useWords();
  const figure = useRef<HTMLElement>(null);
  const legend = useRef<LegendHandle>(null);
  const tip = useRef<TipHandle>(null);
  const cursor = useRef<PlotCursor>(undefined);
  const [isTable, setTable] = useState(false);
  const [picked, setPicked] = useState<{ points: readonly PickedPoint[]; leftPx: number }>();
  const { isVisible, wasVisible } = useVisible(figure);
  // Out of view the old view stays: switching an axis must not prepare and paint hundreds of charts that are not seen.
  const view = useWhile(isVisible, props.view);
  const widthPx = useWidth(figure);
  const fullScreen = useFullScreen(figure);
  const isLarge = view.large.includes(base);
  const told = props.group.lines.length - (props.group.folded ?? 0);
  const mostLines = Math.min(told, props.group.isOfRuns === true ? MOST_RUNS : MOST_LINES);
  const ranks = useRanks(props.group, view, words.charts.ranks);
  const group = ranks.group;
  const lines = useMemo(
    () => (isLarge || ranks.isBand ? group.lines : group.lines.slice(0, mostLines)),
    [isLarge, ranks.isBand, group, mostLines],
  );
  const hidden = useMemo(() => new Set(view.hidden), [view.hidden]);
  const drawn = useMemo(() => lines.filter((line) => !hidden.has(line.key) && !hidden.has(line.instance)), [lines, hidden]);
  const drawing = useChartModel({ group, drawn, growth, zoom, view, mark: props.mark, xLines: props.xLines, widthPx, isVisible });
  const { model, figures, range } = drawing;
  const error = useUntold(drawing.error);
  const outliers = useOutliers(drawn, view.xSeries === undefined ? view.axis : undefined, model, drawing.isResting);
  const isEmpty = model !== undefined && model.lines.length > 0 && model.data[0].length === 0;
  const unit = metricUnit(base);
  const language = useLanguage();
  const loadMoment = useCallback(
    async (key: string, x: number, signal: AbortSignal): Promise<string | undefined> => {
      const line = drawn.find((one) => one.key === key);
      const point = line && view.xSeries === undefined && (await loadLinePoint(line, view.axis, x, signal));
      return point ? momentText(point, view.axis, words, language) : undefined;
    },
    [drawn, view.axis, view.xSeries, words, language],
  );
  const heightPx =
    fullScreen.heightPx === undefined ? (isLarge ? ENLARGED_HEIGHT_PX : HEIGHTS_PX[view.size]) : fullScreen.heightPx - FRAME_PX;

  return (
    <figure ref={figure} className={isLarge ? "chart chart-large" : "chart"} data-chart={base} data-ready={model !== undefined}>
      <ChartHead
        base={base}
        notes={model === undefined ? [] : chartNotes(model, drawing.damage, words)}
        outliers={outliers}
        model={model}
        isClipped={view.clipped.includes(base)}
        isTable={isTable}
        isLarge={isLarge}
        isPinned={isPinned}
        hasYLimits={view.yRanges.some(([name]) => name === base)}
        onClip={() => change({ clipped: toggled(view.clipped, base) })}
        onTable={() => setTable(!isTable)}
        onLarge={() => change({ large: toggled(view.large, base) })}
        onPin={() => onPin(base)}
        onYLimits={(limits) => {
          const others = view.yRanges.filter(([name]) => name !== base);
          change({ yRanges: limits === undefined ? others : [...others, [base, ...limits]] });
        }}
        isFullScreen={fullScreen.heightPx !== undefined}
        onFullScreen={fullScreen.toggle}
        onSave={(format) => {
          const plot = plotOf(figure.current!.querySelector("[data-plot]"));
          if (plot !== undefined && model !== undefined) void saveChart(format, plot, model, base, axisName(model, words));
        }}
      />
      <SummaryTable lines={group.lines} unit={unit} figures={figures} caption={base} isHidden={!isTable} />
      {!isTable && (
        <div className="chart-body" style={{ minHeight: heightPx }}>
          {wasVisible && model !== undefined && widthPx > 0 && (
            <Plot
              key={JSON.stringify([model.axis, model.isLog, model.isLogX, model.lines])}
              model={model}
              heightPx={heightPx}
              isVisible={isVisible}
              label={words.charts.chartLabel(base, model.lines.length)}
              handlers={{
                onStretch: (left, right, isDone) => {
                  // Of several events between two drawings each goes on from the one before.
                  const shared = zoom.shown();
                  const now = shared !== undefined && overlaps(shared, model.wholeRange) ? shared : model.wholeRange;
                  zoom.move(stretched(now, model.wholeRange, left, right, model.isLogX), isDone);
                },
                onReset: () => zoom.move(undefined, true),
                isZoomed: () => range !== undefined,
                onPick: () => view.xSeries === undefined && setPicked(cursor.current && pointsAt(model, drawn, cursor.current)),
                onCursor: (now) => {
                  cursor.current = now;
                  legend.current?.show(model, now?.places);
                  tip.current?.show(model, now);
                },
              }}
            />
          )}
          <ChartTip handle={tip} loadMoment={loadMoment} />
          {picked !== undefined && (
            <PointCard
              picked={picked.points}
              axis={view.axis}
              leftPx={picked.leftPx}
              onClose={() => {
                setPicked(undefined);
                figure.current!.querySelector<HTMLElement>("[data-plot]")?.focus();
              }}
            />
          )}
          {model === undefined && error === undefined && <div className="chart-loading" aria-hidden="true" />}
          {isEmpty && (
            <p className="chart-message">{view.axis === "epoch" && range === undefined ? words.charts.noEpochs : words.charts.noPoints}</p>
          )}
          {error !== undefined && <p className="chart-message chart-error">{failureText(error, words.common)}</p>}
        </div>
      )}
      {group.isOfRuns !== true && (
        <Legend
          handle={legend}
          lines={ranks.isBand ? ranks.bands : lines}
          figures={figures}
          unit={unit}
          hidden={hidden}
          onToggle={(key) => change({ hidden: toggled(view.hidden, key) })}
        />
      )}
      {ranks.canBand && (
        <button type="button" className="link-button" onClick={() => change(ranks.toggle())}>
          {ranks.isBand ? words.charts.ranksApart(group.lines.length) : words.charts.ranksAsBand}
        </button>
      )}
      {group.lines.length > mostLines && !ranks.isBand && (
        <button type="button" className="link-button" onClick={() => change({ large: toggled(view.large, base) })}>
          {isLarge ? words.charts.fewerLines : words.charts.moreLines(group.lines.length - mostLines)}
        </button>
      )}
    </figure>
  );
});
