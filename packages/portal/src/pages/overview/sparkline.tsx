import { type ReactNode, useEffect, useRef, useState } from "react";
import { loadSeries } from "../../api/series.js";
import { type Columns, columnsOf } from "../../charts/columns.js";
import { useVisible } from "../../charts/use-visible.js";
import { sparkPath } from "./spark-path.js";

const WIDTH_PX = 96;
const HEIGHT_PX = 24;
/** A trend needs no more: one bucket for two pixels. */
const BUCKETS = 48;
/** Wait before a trend that goes on is asked for again, in milliseconds: it does not change with every point. */
const STILL_MS = 10_000;

/**
 * The course of a series in the space of a word, asked for when its row comes into view.
 *
 * @param props - which series, words for it, its last value: when it changes, the course goes on
 * @returns the element
 */
export function Sparkline(props: { instance: string; name: string; label: string; value: string }): ReactNode {
  const { instance, name, label, value } = props;
  const frame = useRef<HTMLSpanElement>(null);
  const { isVisible } = useVisible(frame);
  const [shown, setShown] = useState<{ columns: Columns; value: string }>();
  const isOld = shown?.value !== value;
  const isFirst = shown === undefined;

  useEffect(() => {
    if (!isVisible || !isOld) return;
    const abort = new AbortController();
    const load = async (): Promise<void> => {
      try {
        const query = { axis: "step", from: undefined, to: undefined, buckets: BUCKETS } as const;
        // Without labels the name means the series that the table shows.
        const answer = await loadSeries({ instance, name, labels: {} }, query, abort.signal);
        if (answer !== undefined) setShown({ columns: columnsOf(answer), value });
      } catch {
        // A trend that cannot be had leaves its place empty; the value beside it and the page's own errors tell what is wrong.
      }
    };
    const timer = setTimeout(() => void load(), isFirst ? 0 : STILL_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [isVisible, isOld, isFirst, value, instance, name]);

  return (
    <span ref={frame} className="spark">
      {shown !== undefined && (
        <svg viewBox={`0 0 ${WIDTH_PX} ${HEIGHT_PX}`} role="img" aria-label={label}>
          <path d={sparkPath(shown.columns.x, shown.columns.last, WIDTH_PX, HEIGHT_PX)} />
        </svg>
      )}
    </span>
  );
}
