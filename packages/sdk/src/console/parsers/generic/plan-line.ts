import { metricName } from "../metric-name.js";
import type { Phase } from "../parser.js";
import { accept, type Surroundings } from "./accept.js";
import type { BoxName, BoxValue } from "./box.js";
import type { LinePlan, PlannedValue } from "./line-plan.js";
import type { Located } from "./located.js";
import { type NamedValue, nameValues } from "./name-values.js";
import { phaseOfName } from "./phase.js";
import type { Reading } from "./reading.js";
import { ToldSeries } from "./told-series.js";
import { kindOf } from "./words.js";

/** Series that are kept by name: a run with more of them pays for it. */
const MOST_SERIES = 10_000;

/** Judges what a line says, and knows the series that its values belong to. */
export class LinePlanner {
  readonly #series = new Map<string, ToldSeries>();

  /**
   * @param reading - what a line says
   * @param surroundings - what is known of the lines before
   * @param rank - number of the process that printed the line, where a launcher says so
   * @returns what the line tells
   */
  plan(reading: Reading, surroundings: Surroundings, rank: string | undefined): LinePlan {
    const values = accept(reading, nameValues(reading), surroundings).flatMap((value) => this.#valuesOf(value, rank));
    const isCounted = reading.evidence === "named" || (reading.evidence === "bare" && values.length > 0);
    return { values, counters: reading.counters, isCounted, section: reading.section };
  }

  /**
   * @param name - name of a metric
   * @param phase - what it is of
   * @param rank - number of the process
   * @returns the one object of its series
   */
  seriesOf(name: string, phase: Phase | undefined, rank: string | undefined): ToldSeries {
    const key = `${name}\n${phase ?? ""}\n${rank ?? ""}`;
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const series = new ToldSeries({
      name,
      ...(phase === undefined ? {} : { phase }),
      ...(rank === undefined ? {} : { labels: { rank } }),
    });
    if (this.#series.size >= MOST_SERIES) this.#series.clear();
    this.#series.set(key, series);
    return series;
  }

  /** @param value - of a box @returns what its key names, found out when it names something else than the last time */
  named({ row, section }: BoxValue): BoxName {
    if (row.named?.section === section) return row.named;
    const name = metricName(`${section}${row.key}`);
    row.named = { section, series: this.seriesOf(name, phaseOfName(name), undefined), isStrong: kindOf(name) === "strong" };
    return row.named;
  }

  #valuesOf({ name, phase, pair }: NamedValue, rank: string | undefined): PlannedValue[] {
    const of = (suffix: string, { value, at }: Located): PlannedValue => ({
      series: this.seriesOf(`${name}${suffix}`, phase, rank),
      value,
      at,
    });
    return [
      of("", pair),
      ...(pair.average === undefined ? [] : [of("/avg", pair.average)]),
      ...(pair.deviation === undefined ? [] : [of("/std", pair.deviation)]),
      ...pair.further.map((one, index) => of(`/${index + 1}`, one)),
    ];
  }
}

/**
 * @param reading - what a line says
 * @returns whether no line of its form can tell a metric, whatever its digits and the lines before are
 */
export function isDull(reading: Reading): boolean {
  if (reading.evidence !== "none" || reading.isSummary) return false;
  const values = nameValues(reading);
  const isClear = values.every(({ bare }) => kindOf(bare) !== "strong" && !/\d/.test(bare));
  return isClear && accept(reading, values, { isUnderWay: true, isInBlock: true, isBelowMetric: true, isNearMetric: true }).length === 0;
}

/**
 * @param text - a name as printed
 * @returns whether it has no digits, or in its words alone: those are part of a line's form
 */
export function isFixed(text: string | undefined): boolean {
  return text === undefined || !/(?:^|[^A-Za-z_@\d.'-])[-.']*\d/.test(text);
}

/**
 * Finds the digits that a line's names hang on.
 *
 * @param text - the line
 * @param reading - what it says
 * @returns the indexes of the digits in names that are not words; undefined where they are not found
 */
export function digitsOfNames(text: string, reading: Reading): number[] | undefined {
  const found = [...reading.sectionDigits];
  const add = (name: string | undefined, before: number): boolean => {
    if (isFixed(name)) return true;
    const at = text.lastIndexOf(name as string, before);
    for (const { index } of (name as string).matchAll(/\d/g)) found.push(at + index);
    return at >= 0;
  };
  const areFound = reading.pairs.every(({ key, section, at }) => add(key, at) && add(section, at)) && add(reading.section, text.length);
  return areFound ? found : undefined;
}
