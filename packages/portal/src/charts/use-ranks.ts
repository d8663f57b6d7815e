import { useMemo } from "react";
import type { ChartView } from "../view-state/chart-view.js";
import type { ChartGroup } from "./group-series.js";
import { MOST_RANK_LINES, rankBands } from "./rank-bands.js";
import type { RunBand } from "./run-band.js";

/** How the ranks of a chart are drawn. */
export interface Ranks {
  /** The chart, with bands where they are drawn. */
  group: ChartGroup;
  /** All bands, those that are hidden as well. */
  bands: readonly RunBand[];
  canBand: boolean;
  isBand: boolean;
  /** @returns the view with the other way of drawing them */
  toggle: () => Pick<ChartView, "bands" | "apart">;
}

/**
 * Draws the ranks of a metric as lines, or as their mean with a band: the reader's choice, else a band where they are many.
 *
 * @param group - the chart
 * @param view - with the reader's choices
 * @param titleOf - words for so many ranks of a series
 * @returns how they are drawn
 */
export function useRanks(
  group: ChartGroup,
  { bands: chosen, apart, hidden }: ChartView,
  titleOf: (series: string, ranks: number) => string,
): Ranks {
  const { base } = group;
  const bands = useMemo(() => (group.isOfRuns === true ? undefined : rankBands(group.lines, titleOf)), [group, titleOf]);
  const areMany = bands?.some(({ lines }) => lines.length > MOST_RANK_LINES) === true;
  const isBand = bands !== undefined && (chosen.includes(base) || (areMany && !apart.includes(base)));
  const drawn = useMemo(
    () => (isBand ? { ...group, bands: bands!.filter(({ key }) => !hidden.includes(key)) } : group),
    [group, bands, isBand, hidden],
  );
  const others = (list: readonly string[]): string[] => list.filter((name) => name !== base);
  return {
    group: drawn,
    bands: bands ?? [],
    canBand: bands !== undefined,
    isBand,
    toggle: () =>
      isBand ? { bands: others(chosen), apart: [...others(apart), base] } : { bands: [...others(chosen), base], apart: others(apart) },
  };
}
