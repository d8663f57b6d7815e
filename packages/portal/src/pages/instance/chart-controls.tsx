import type { ReactNode } from "react";
import { readMetricSearch } from "../../charts/metric-search.js";
import { Icon } from "../../controls/icon.js";
import { LongSelect } from "../../controls/long-select.js";
import { SearchField } from "../../controls/search-field.js";
import { Segmented } from "../../controls/segmented.js";
import { CHART_AXES, CHART_SIZES, type ChartView } from "../../view-state/chart-view.js";
import type { ChangeView } from "../../view-state/use-view.js";
import { useWords } from "../../words/use-words.js";

/**
 * How all charts are read: search, x axis, log scale, smoothing, zoom.
 *
 * @param props - the view and how to change it, keys of all series, whether the search is the main one of the page
 * @returns the element
 */
export function ChartControls(props: {
  view: ChartView;
  change: ChangeView<ChartView>;
  series: readonly string[];
  isMain: boolean;
}): ReactNode {
  const { view, change, series, isMain } = props;
  const words = useWords().charts;
  const axes = (keys: readonly string[]): ReactNode => (
    <>
      <option value="">{words.noOtherAxis}</option>
      {keys.map((key) => (
        <option key={key} value={key}>
          {key}
        </option>
      ))}
    </>
  );
  const { broken } = readMetricSearch(view.metrics);
  return (
    <div className="toolbar chart-controls">
      <SearchField label={words.search} value={view.metrics} onChange={(metrics) => change({ metrics })} hasHotkey={isMain} />
      {broken.length > 0 && (
        <span className="note" role="status">
          {words.notRegex(broken.join(" "))}
        </span>
      )}
      <Segmented
        label={words.axis}
        value={view.xSeries === undefined ? view.axis : undefined}
        // A stretch of one axis means nothing on another.
        onChange={(axis) => change({ axis, xSeries: undefined, range: undefined })}
        choices={CHART_AXES.map((value) => ({ value, content: words.axes[value] }))}
      />
      <LongSelect
        className="axis-select"
        aria-label={words.otherAxis}
        value={view.xSeries ?? ""}
        onChange={({ target: { value } }) => change({ xSeries: value === "" ? undefined : value, range: undefined })}
        count={series.length}
        chosen={() => axes(view.xSeries === undefined ? [] : [view.xSeries])}
        options={() => axes(series)}
      />
      <label className="check">
        <input type="checkbox" checked={view.isLogX} onChange={(event) => change({ isLogX: event.target.checked })} />
        {words.logX}
      </label>
      <label className="check">
        <input type="checkbox" checked={view.isLog} onChange={(event) => change({ isLog: event.target.checked })} />
        {words.log}
      </label>
      <Segmented
        label={words.size}
        value={view.size}
        onChange={(size) => change({ size })}
        choices={CHART_SIZES.map((value) => ({ value, content: words.sizes[value], title: words.sizeNames[value] }))}
      />
      <label className="slider">
        <span>{words.smoothing}</span>
        <input
          type="range"
          min={0}
          max={99}
          value={view.smoothing}
          onChange={(event) => change({ smoothing: event.target.valueAsNumber })}
        />
        <output>{(view.smoothing / 100).toFixed(2)}</output>
      </label>
      {view.markMs !== undefined && (
        <button type="button" className="button" onClick={() => change({ markMs: undefined })}>
          <Icon name="close" />
          {words.removeMark}
        </button>
      )}
      {view.range === undefined ? (
        <span className="zoom-hint">{words.zoomHint}</span>
      ) : (
        <button type="button" className="button" onClick={() => change({ range: undefined })}>
          <Icon name="reset" />
          {words.resetZoom}
        </button>
      )}
    </div>
  );
}
