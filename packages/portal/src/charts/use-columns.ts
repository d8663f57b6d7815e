import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import type { SeriesQuery } from "../api/series.js";
import { type ChartFeed, createChartFeed, type LineAnswer } from "./chart-feed.js";
import type { Columns } from "./columns.js";
import type { ChartLine } from "./group-series.js";
import type { Growth } from "./growth.js";
import { lineColumns, loadLine } from "./rewound.js";

/** So many points of a series to a bucket come as they are: exact, and not larger than buckets. */
const RAW_PER_BUCKET = 2;

/**
 * Keeps the columns of a stretch of several lines as fresh as they are known to be.
 *
 * @param lines - of a chart
 * @param growth - how far they have grown
 * @param query - the stretch, and how fine
 * @param isWanted - whether to ask at all
 * @returns what there is
 */
export function useColumns(
  lines: readonly ChartLine[],
  growth: Growth,
  query: SeriesQuery,
  isWanted: boolean,
): { columns: ReadonlyMap<string, Columns> | undefined; damage: readonly string[]; error: Error | undefined } {
  const [answers, setAnswers] = useState<ReadonlyMap<string, LineAnswer>>();
  const [error, setError] = useState<Error>();
  const feed = useRef<ChartFeed>(undefined);
  const versions = useSyncExternalStore(growth.subscribe, () => lines.map(growth.version).join(" "));

  useEffect(() => {
    const opened = createChartFeed(
      loadLine,
      (fresh) => {
        setAnswers(fresh);
        setError(undefined);
      },
      setError,
    );
    feed.current = opened;
    return () => opened.close();
  }, []);

  const { axis, from, to, buckets } = query;
  useEffect(() => {
    if (!isWanted) return;
    const known = versions.split(" ").map(Number);
    const isShort = from === undefined && known.every((count) => count < buckets * RAW_PER_BUCKET);
    feed.current?.want({
      query: { axis, from, to, buckets: isShort ? buckets * RAW_PER_BUCKET : buckets },
      lines: lines.map(({ key, instance, summary: { name, labels } }, i) => ({ key, instance, name, labels, version: known[i] ?? 0 })),
    });
  }, [lines, versions, axis, from, to, buckets, isWanted]);

  const columns = useMemo(() => {
    // Answers for the axis before a switch do not fit this one.
    const own = [...(answers ?? [])].filter(([, answer]) => answer.axis === axis);
    return own.length === 0 ? undefined : new Map(own.map(([key, answer]) => [key, lineColumns(answer)]));
  }, [answers, axis]);
  const damage = useMemo(() => [...(answers?.values() ?? [])].flatMap((answer) => answer.damage ?? []), [answers]);
  return { columns, damage, error };
}
