import { fromWireNumber } from "ava-protocol";
import type { ReactNode } from "react";
import { metricUnit } from "../../charts/metric-name.js";
import { formatQuantity } from "../../words/format-number.js";
import { formatDuration, formatFullMoment, formatMoment } from "../../words/format-time.js";
import { useLanguage, useWords } from "../../words/use-words.js";
import type { InstanceRow } from "./instance-row.js";
import { Sparkline } from "./sparkline.js";

/** What each cell needs. */
export interface CellProps {
  row: InstanceRow;
  nowMs: number;
}

/**
 * @param props - the row, the time
 * @returns when it started, in full as a title
 */
export function StartCell({ row, nowMs }: CellProps): ReactNode {
  const language = useLanguage();
  if (row.startMs === undefined) return "–";
  return (
    <time dateTime={new Date(row.startMs).toISOString()} title={formatFullMoment(row.startMs, language)}>
      {formatMoment(row.startMs, nowMs, language)}
    </time>
  );
}

/**
 * @param props - the row, the time
 * @returns how long it lasts
 */
export function DurationCell({ row, nowMs }: CellProps): ReactNode {
  return row.startMs === undefined ? "–" : formatDuration((row.endMs ?? nowMs) - row.startMs);
}

/**
 * @param props - the row
 * @returns the metric that tells most, by name and last value
 */
export function MetricCell({ row }: CellProps): ReactNode {
  if (row.metric === undefined) return <span className="faint">–</span>;
  const value = fromWireNumber(row.metric.last);
  return (
    <span className={Number.isFinite(value) ? "metric" : "metric metric-alarm"}>
      <span className="metric-value">{formatQuantity(value, metricUnit(row.metric.name))}</span>
      <span className="metric-name">{row.metric.name}</span>
    </span>
  );
}

/**
 * @param props - the row
 * @returns the course of that metric
 */
export function TrendCell({ row }: CellProps): ReactNode {
  const words = useWords();
  return row.metric === undefined ? null : (
    <Sparkline instance={row.id} series={row.metric} label={words.overview.trendOf(row.metric.name)} />
  );
}

/**
 * @param props - the row, paths of the params that tell the rows apart
 * @returns those params of this row
 */
export function ParamsCell(props: { row: InstanceRow; telling: readonly string[] }): ReactNode {
  const shown = props.telling.flatMap((path) => props.row.params.filter((param) => param.path === path));
  return (
    <span className="param-chips">
      {shown.map(({ path, value }) => (
        <span key={path} className="param-chip" title={`${path} = ${value}`}>
          <span className="faint">{path.slice(path.lastIndexOf(".") + 1)}</span>
          <span>{value}</span>
        </span>
      ))}
    </span>
  );
}
