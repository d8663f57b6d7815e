import { formatStep } from "../words/format-number.js";
import type { Words } from "../words/words.js";
import type { PlotModel } from "./plot-model.js";
import { formatPlace } from "./x-axis.js";

/** A remark beside a chart about what the picture alone does not say. */
export interface ChartNote {
  id: string;
  isAlarm: boolean;
  text: string;
  /** Shown when the pointer is over it; default the text. */
  title?: string;
}

/** Stretches of one line that are named. */
const MOST_PLACES = 2;

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
    const found = model.spans.map((spans) => spans.filter((span) => span.kind === kind && span.toX >= from && span.fromX <= to));
    const where = found.flatMap((spans, k) => {
      if (spans.length === 0) return [];
      const places = spans.slice(0, MOST_PLACES).map(({ fromX, toX }) => {
        if (fromX === toX) return formatPlace(model.axis, fromX);
        return `${formatPlace(model.axis, fromX)}–${toX > to ? "…" : formatPlace(model.axis, toX)}`;
      });
      if (spans.length > MOST_PLACES) places.push("…");
      return [model.lines.length === 1 ? places.join(", ") : `${model.lines[k]!.title} ${places.join(", ")}`];
    });
    if (where.length === 0) continue;
    notes.push({ id: kind, isAlarm: true, text: words.charts.nonFinite(kind.replace("Infinity", "∞"), where.join("; ")) });
  }
  const rewinds = model.columns.flatMap((columns) => columns.rewinds ?? []);
  if (rewinds.length > 0) {
    const places = new Set(rewinds.map(([from, to]) => words.charts.rewind(formatStep(from), formatStep(to))));
    notes.push({ id: "rewind", isAlarm: false, text: words.charts.rewound([...places].join(", ")) });
  }
  if (model.lacksPositive) notes.push({ id: "linear", isAlarm: false, text: words.charts.noPositive });
  if (model.nonPositive > 0) notes.push({ id: "positive", isAlarm: false, text: words.charts.nonPositive(model.nonPositive) });
  return notes;
}
