import type uPlot from "uplot";

/** A tick of an axis: its place and its text. */
export type Tick = readonly [at: number, text: string];

const drawn = new WeakMap<uPlot, Map<number, Tick[]>>();

/**
 * Remembers the ticks of an axis as they are drawn: a picture of the chart has the same.
 *
 * @param axis - options of a uPlot axis, with `values`
 * @returns the options with that
 */
export function withKeptTicks(axis: uPlot.Axis): uPlot.Axis {
  const values = axis.values as (plot: uPlot, splits: number[], axis: number, space: number, increment: number) => string[];
  return {
    ...axis,
    values: (plot, splits, at, space, increment) => {
      const texts = values(plot, splits, at, space, increment);
      const ticks = drawn.get(plot) ?? new Map<number, Tick[]>();
      drawn.set(
        plot,
        ticks.set(
          at,
          splits.map((split, i) => [split, texts[i] ?? ""]),
        ),
      );
      return texts;
    },
  };
}

/**
 * @param plot - a chart that was drawn
 * @param axis - 0 for x, 1 for y
 * @returns the ticks of its axis
 */
export function ticksOf(plot: uPlot, axis: number): readonly Tick[] {
  return drawn.get(plot)?.get(axis) ?? [];
}
