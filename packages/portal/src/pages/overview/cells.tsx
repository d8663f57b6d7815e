import { fromWireNumber, type InstanceRow, type WireNumber } from "ava-protocol";
import type { ReactNode } from "react";
import { metricUnit } from "../../charts/metric-name.js";
import { formatCount, formatQuantity } from "../../words/format-number.js";
import { formatDuration, formatFullMoment, formatMoment } from "../../words/format-time.js";
import { useLanguage, useWords } from "../../words/use-words.js";
import { fieldParts } from "./field-text.js";
import { timesOf } from "./instance-row.js";
import { termField } from "./search-terms.js";
import { quotedValue } from "./suggest.js";

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
  const { startMs } = timesOf(row);
  if (startMs === undefined) return "–";
  return (
    <time dateTime={new Date(startMs).toISOString()} title={formatFullMoment(startMs, language)}>
      {formatMoment(startMs, nowMs, language)}
    </time>
  );
}

/**
 * @param props - the row, the time
 * @returns how long it lasts
 */
export function DurationCell({ row, nowMs }: CellProps): ReactNode {
  const { startMs, endMs } = timesOf(row);
  return startMs === undefined ? "–" : formatDuration((endMs ?? nowMs) - startMs);
}

/**
 * @param props - the row, the field of the column, what a click on the value of a param does
 * @returns what the run has there
 */
export function FieldCell(props: { row: InstanceRow; field: string; onTerm: (term: string) => void }): ReactNode {
  const { row, field, onTerm } = props;
  const words = useWords().runs;
  const value = row.values[field];
  const parts = fieldParts(field);
  if (value === undefined) return <span className="faint">–</span>;
  if (parts.kind === "metric" || parts.kind === "atBest") {
    const number = fromWireNumber(value as WireNumber);
    const isCount = parts.kind === "atBest" ? parts.what === "step" : parts.figure === "count";
    const text = isCount ? formatCount(number) : formatQuantity(number, metricUnit(parts.kind === "atBest" ? parts.what : parts.name));
    return (
      <span className={Number.isFinite(number) ? "metric" : "metric metric-alarm"} title={String(value)}>
        {text}
      </span>
    );
  }
  const text = typeof value === "string" ? value : JSON.stringify(value);
  if (parts.kind === "fact") return text;
  const [name, operand] = [termField(parts.path), quotedValue(text)];
  return (
    // By keyboard the search box does the same: a stop at each value would make the way through the table long.
    <button
      type="button"
      className="cell-value"
      tabIndex={-1}
      title={words.onlyWith(`${name}=${operand}`)}
      onClick={(event) => onTerm(`${name}${event.altKey ? "!=" : "="}${operand}`)}
    >
      {text}
    </button>
  );
}
