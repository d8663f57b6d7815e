import type { ChartAxis } from "ava-protocol";
import { useMemo } from "react";
import type { Columns } from "./columns.js";
import type { ChartLine } from "./group-series.js";
import type { Growth } from "./growth.js";
import { joined, rowFrom, rowsOf } from "./rows.js";
import type { Stretch } from "./stretch.js";
import { useColumns } from "./use-columns.js";

/** How much longer each part of a logarithmic axis is than the one before it. */
const PART_RATIO = 32;

/**
 * On a logarithmic x axis buckets of one length are too coarse at its beginning: that is asked for by itself, ever finer.
 *
 * @param lines - of the chart
 * @param growth - how far they have grown
 * @param query - the axis, the stretch of it that is shown, and how many buckets it has
 * @param isWanted - whether the axis is logarithmic, and there is something to ask for
 * @param coarse - columns of the stretch
 * @returns the same, finer at the beginning
 */
export function useLogParts(
  lines: readonly ChartLine[],
  growth: Growth,
  query: { axis: ChartAxis; stretch: Stretch | undefined; buckets: number },
  isWanted: boolean,
  coarse: ReadonlyMap<string, Columns> | undefined,
): ReadonlyMap<string, Columns> | undefined {
  const { axis, stretch, buckets } = query;
  const isAsked = isWanted && stretch !== undefined;
  const part = (times: number): { axis: ChartAxis; from: number | undefined; to: number | undefined; buckets: number } => {
    const [from, to] = stretch ?? [0, 1];
    return { axis, from, to: from + (to - from) / PART_RATIO ** times, buckets };
  };
  const first = useColumns(lines, growth, part(1), isAsked).columns;
  const second = useColumns(lines, growth, part(2), isAsked).columns;
  const third = useColumns(lines, growth, part(3), isAsked).columns;
  return useMemo(() => {
    if (!isWanted || coarse === undefined) return coarse;
    return new Map(
      [...coarse].map(([key, columns]) => [
        key,
        finer(
          columns,
          [first, second, third].map((parts) => parts?.get(key)),
        ),
      ]),
    );
  }, [isWanted, coarse, first, second, third]);
}

/** The finest rows that there are of each place. */
function finer(columns: Columns, parts: readonly (Columns | undefined)[]): Columns {
  return parts.reduce((whole: Columns, part) => {
    // Raw points need nothing finer; a part of another stretch is not yet the one that was asked for.
    if (part === undefined || !whole.isBucketed || part.from < columns.from || part.to > columns.to || part.x.length === 0) return whole;
    const before = rowsOf(whole, 0, rowFrom(whole.x, part.from));
    return Object.assign({}, whole, joined([before, part, rowsOf(whole, rowFrom(whole.x, part.to), whole.x.length)]));
  }, columns);
}
