import { formatValue } from "../words/format-number.js";
import type { Words } from "../words/words.js";
import type { PlotModel } from "./plot-model.js";
import { formatClock, formatSpan } from "./x-axis.js";

/** A remark beside a chart about what the picture alone does not say. */
export interface ChartNote {
  id: string;
  isAlarm: boolean;
  text: string;
  /** Shown when the pointer is over it; default the text. */
  title?: string;
}

/**
 * Collects the remarks of a chart: points that the platform lost, values that are not finite, values that the log axis cannot show.
 *
 * @param model - of the chart
 * @param damage - what the platform says of damage in its store
 * @param words - of the page
 * @returns the remarks, alarms first
 */
export function chartNotes(model: PlotModel, damage: readonly string[], words: Words): ChartNote[] {
  const notes: ChartNote[] = [];
  if (damage.length > 0) notes.push({ id: "damage", isAlarm: true, text: words.charts.damaged, title: damage.join("\n") });
  for (const kind of ["NaN", "Infinity", "-Infinity"] as const) {
    const [from, to] = model.xRange;
    const spans = model.spans.flat().filter((span) => span.kind === kind && span.toX >= from && span.fromX <= to);
    if (spans.length === 0) continue;
    const where = spans.slice(0, 2).map(({ fromX, toX }) => {
      if (fromX === toX) return place(model, fromX);
      return `${place(model, fromX)}–${toX > to ? "…" : place(model, toX)}`;
    });
    if (spans.length > 2) where.push("…");
    notes.push({ id: kind, isAlarm: true, text: words.charts.nonFinite(kind.replace("Infinity", "∞"), where.join(", ")) });
  }
  if (model.lacksPositive) notes.push({ id: "linear", isAlarm: false, text: words.charts.noPositive });
  if (model.nonPositive > 0) notes.push({ id: "positive", isAlarm: false, text: words.charts.nonPositive(model.nonPositive) });
  return notes;
}

function place(model: PlotModel, x: number): string {
  if (model.axis === "time") return formatClock(x, undefined, 1000);
  return model.axis === "relative" ? formatSpan(x, 1000) : formatValue(x);
}
