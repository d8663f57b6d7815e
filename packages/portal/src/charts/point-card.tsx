import type { ChartAxis } from "ava-protocol";
import { type ReactNode, useEffect, useRef } from "react";
import { Link } from "wouter";
import { useResource } from "../api/use-resource.js";
import { failureText } from "../controls/failure-text.js";
import { IconButton } from "../controls/icon-button.js";
import { formatCount, formatStep } from "../words/format-number.js";
import { formatFullMoment } from "../words/format-time.js";
import { useLanguage, useWords } from "../words/use-words.js";
import type { ChartLine } from "./group-series.js";
import { type LinePoint, loadLinePoint } from "./line-points.js";

/** Lines whose points are asked for: more would cover the chart. */
const MOST_LINES = 12;

/** A point of a line that the reader chose. */
export interface PickedPoint {
  line: ChartLine;
  /** Place on the axis. */
  x: number;
}

/**
 * The points that the reader chose, with all that was recorded of them and the way to their lines in the log.
 *
 * @param props - the points, the axis, where the card stands (from the left, in CSS pixels), what closes it
 * @returns the element
 */
export function PointCard(props: { picked: readonly PickedPoint[]; axis: ChartAxis; leftPx: number; onClose: () => void }): ReactNode {
  const { picked, axis, leftPx, onClose } = props;
  const words = useWords();
  const language = useLanguage();
  const card = useRef<HTMLDivElement>(null);
  const asked = picked.slice(0, MOST_LINES);
  const question = JSON.stringify([axis, asked.map(({ line, x }) => [line.key, x])]);
  const { value, error } = useResource(question, async (signal) => {
    const points = await Promise.all(asked.map(({ line, x }) => loadLinePoint(line, axis, x, signal)));
    return points.filter((point) => point !== undefined);
  });
  useEffect(() => {
    card.current?.focus();
  }, [question]);
  return (
    <div
      ref={card}
      className="point-card"
      role="dialog"
      aria-label={words.charts.pointsHere}
      tabIndex={-1}
      style={{ insetInlineStart: `min(${leftPx}px, calc(100% - 300px))` }}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <IconButton icon="close" label={words.charts.closePoints} onClick={onClose} />
      {error !== undefined && <p className="form-error">{failureText(error, words.common)}</p>}
      {value === undefined && error === undefined && <p>{words.common.loading}</p>}
      {value?.map((point) => (
        <dl key={point.line.key} className="point-facts">
          <dt>{point.line.title}</dt>
          <dd className="point-value">{String(point.value)}</dd>
          <dt>{words.charts.axes.step}</dt>
          <dd>{Number.isInteger(point.step) ? formatCount(point.step) : String(point.step)}</dd>
          {point.epoch !== undefined && (
            <>
              <dt>{words.charts.axes.epoch}</dt>
              <dd>{formatStep(point.epoch)}</dd>
            </>
          )}
          <dt>{words.charts.axes.time}</dt>
          <dd>{formatFullMoment(Number(point.timeNs) / 1e6, language)}</dd>
          <dd className="point-log">
            <Link href={logAddress(point)}>{words.charts.inLog}</Link>
          </dd>
        </dl>
      ))}
    </div>
  );
}

function logAddress({ line, timeNs, value }: LinePoint): string {
  return `/instances/${encodeURIComponent(line.instance)}?${new URLSearchParams({ tab: "log", time: timeNs, value: String(value) })}`;
}
