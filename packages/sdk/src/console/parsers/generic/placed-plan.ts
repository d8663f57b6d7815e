import { printedNumber } from "../number.js";
import type { Phase, Place, Series, ValueSink } from "../parser.js";
import type { Planned } from "./form-memory.js";
import { type Located, PlanNumber, planNumber } from "./located.js";

/** Series that are kept by name: who prints more of them pays for it. */
const MOST_SERIES = 10_000;

/** What a line tells whose counters stand in it, or in a line that it belongs to. */
export interface PlacedPlan {
  values: PlacedValue[];
  step?: Located | undefined;
  epoch?: Located | undefined;
  batch?: Located | undefined;
  total?: Located | undefined;
}

/** A value of a line under its series. */
export interface PlacedValue extends Located {
  series: Series;
}

/** Tells such lines, and knows their series. */
export class PlacedTeller {
  readonly #series = new Map<string, Series>();
  readonly #place: Place = { step: Number.NaN, epoch: Number.NaN, batch: Number.NaN, total: Number.NaN, timeMs: Number.NaN, line: 0 };

  /**
   * @param name - name of a metric
   * @param phase - what it is of
   * @param rank - number of the process
   * @returns the one object of its series
   */
  seriesOf(name: string, phase?: Phase, rank?: string): Series {
    const key = `${name}\n${phase ?? ""}\n${rank ?? ""}`;
    const known = this.#series.get(key);
    if (known !== undefined) return known;
    const series = { name, ...(phase === undefined ? {} : { phase }), ...(rank === undefined ? {} : { labels: { rank } }) };
    if (this.#series.size >= MOST_SERIES) this.#series.clear();
    this.#series.set(key, series);
    return series;
  }

  /**
   * @param plan - values and counters of a line
   * @param line - number of the physical line
   * @param into - the values are added here
   * @param timeMs - when the line was printed, in milliseconds since 1970; NaN where it does not say so
   * @param batchOfEpoch - gives values with a step an epoch
   */
  tell(
    { values, step, epoch, batch, total }: PlacedPlan,
    line: number,
    into: ValueSink,
    timeMs: number = Number.NaN,
    batchOfEpoch?: number,
  ): void {
    const place = this.#place;
    place.line = line;
    place.step = step?.value ?? Number.NaN;
    place.epoch = epoch?.value ?? (batchOfEpoch === undefined ? Number.NaN : place.step / batchOfEpoch);
    place.batch = batch?.value ?? Number.NaN;
    place.total = total?.value ?? Number.NaN;
    place.timeMs = timeMs;
    for (const { series, value } of values) into.add(series, value, place);
  }
}

/**
 * @param plan - of a line
 * @param digits - indexes of the digits that its names hang on
 * @returns it for lines of its form
 */
export function placed(plan: PlacedPlan, digits: readonly number[] = []): Planned<PlacedPlan> {
  const same = uniform(plan);
  return { plan: same, numbers: numbersOf(same), holds: "always", digits, leads: [] };
}

/**
 * @param plan - of a line
 * @returns the same, of the shape that all remembered plans have
 */
export function uniform({ values, step, epoch, batch, total }: PlacedPlan): PlacedPlan {
  return {
    values: values.map((value) => new PlanNumber(value, value.series)),
    step: planNumber(step),
    epoch: planNumber(epoch),
    batch: planNumber(batch),
    total: planNumber(total),
  };
}

/** @returns what a line tells that tells nothing, wherever it stands */
export function silent(): Planned<never> {
  return { plan: undefined, numbers: [], holds: "always", digits: [], leads: [] };
}

/** @param plan - of a line @returns the numbers in it */
export function numbersOf({ values, step, epoch, batch, total }: PlacedPlan): Located[] {
  return [...values, ...[step, epoch, batch, total].filter((counter) => counter !== undefined)];
}

/**
 * @param match - of a regex with the flag `d`
 * @param group - name or number of a group that is a number
 * @param base - index in the line of what was matched against
 * @returns the number, where the group matched
 */
export function locatedIn(match: RegExpExecArray, group: number | string, base: number = 0): Located | undefined {
  const found = typeof group === "number" ? match.indices?.[group] : match.indices?.groups?.[group];
  const printed = typeof group === "number" ? match[group] : match.groups?.[group];
  return found === undefined || printed === undefined ? undefined : planNumber({ value: printedNumber(printed), at: base + found[0] });
}

/**
 * @param text - part of a line
 * @param base - index of its first character in the line
 * @returns the indexes of its digits
 */
export function digitsOf(text: string, base: number = 0): number[] {
  return Array.from(text.matchAll(/\d/g), ({ index }) => base + index);
}
