import type { SeriesSummary } from "ava-protocol";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { loadSeries } from "../../api/series.js";
import { type Columns, columnsOf } from "../../charts/columns.js";
import { useVisible } from "../../charts/use-visible.js";
import { sparkPath } from "./spark-path.js";

const WIDTH_PX = 96;
const HEIGHT_PX = 24;
/** A trend needs no more: one bucket for two pixels. */
const BUCKETS = 48;

/**
 * The course of a series in the space of a word, asked for when its row comes into view.
 *
 * @param props - which series, words for it
 * @returns the element
 */
export function Sparkline(props: { instance: string; series: SeriesSummary; label: string }): ReactNode {
  const { instance, series, label } = props;
  const frame = useRef<HTMLSpanElement>(null);
  const { isVisible } = useVisible(frame);
  const [columns, setColumns] = useState<Columns>();
  const { name, labels, count } = series;
  const labelsText = JSON.stringify(labels);
  // A trend changes when a run has grown by a few percent, not with every point.
  const version = Math.floor(Math.log(count + 1) * 40);

  useEffect(() => {
    if (!isVisible || version === 0) return;
    const abort = new AbortController();
    const load = async (): Promise<void> => {
      try {
        const query = { axis: "step", from: undefined, to: undefined, buckets: BUCKETS } as const;
        const asked = { instance, name, labels: JSON.parse(labelsText) as SeriesSummary["labels"] };
        const answer = await loadSeries(asked, query, abort.signal);
        if (answer !== undefined) setColumns(columnsOf(answer));
      } catch {
        // A trend that cannot be had leaves its place empty; the value beside it and the page's own errors tell what is wrong.
      }
    };
    void load();
    return () => abort.abort();
  }, [isVisible, version, instance, name, labelsText]);

  return (
    <span ref={frame} className="spark">
      {columns !== undefined && (
        <svg viewBox={`0 0 ${WIDTH_PX} ${HEIGHT_PX}`} role="img" aria-label={label}>
          <path d={sparkPath(columns.x, columns.last, WIDTH_PX, HEIGHT_PX)} />
        </svg>
      )}
    </span>
  );
}
