import { toWireNumber, type WireNumber } from "ava-protocol";
import { PlatformError } from "../error.js";
import type { SeriesView } from "../store/contract/instance.js";
import type { ListedInstance } from "../store/contract/list.js";
import { findPointsOf } from "../store/contract/points.js";
import type { Store } from "../store/contract/store.js";
import { firstSeries } from "../store/listing/candidate.js";
import type { AtBest } from "./filter/column.js";

/** Answers that are remembered: as many as some pages of a list have. */
const MOST_KEPT = 20_000;

/** Answers by store and question: a page that is read again every other second asks for the same of runs that have ended. */
const kept = new WeakMap<Store, Map<string, WireNumber | undefined>>();

/**
 * @param instance - with the series that are asked for
 * @param column - what is asked for
 * @returns what the instance had where the series was at its best; `undefined` where it has none
 */
export async function atBest(
  store: Store,
  { id, series }: Pick<ListedInstance, "id" | "series">,
  { what, best }: AtBest,
): Promise<WireNumber | undefined> {
  const guide = firstSeries(series, best.name, best.labels);
  if (guide === undefined || Number.isNaN(guide[best.figure])) return undefined;
  const other = typeof what === "string" ? undefined : firstSeries(series, what.series);
  if (other === undefined && typeof what !== "string") return undefined;
  const known = kept.get(store) ?? new Map<string, WireNumber | undefined>();
  kept.set(store, known);
  // The number of points is the version of a series.
  const key = JSON.stringify([id, what, best, guide.labels, guide.count, other?.labels, other?.count]);
  if (known.has(key)) return known.get(key);
  const value = await read().catch(passOver);
  if (known.size >= MOST_KEPT) known.delete(known.keys().next().value!);
  known.set(key, value);
  return value;

  async function read(): Promise<WireNumber | undefined> {
    const limit = guide![best.figure];
    const beyond = best.figure === "min" ? { below: nextFloat(limit, 1) } : { above: nextFloat(limit, -1) };
    const place = await lastPoint(guide!, beyond);
    if (place === undefined) return undefined;
    if (what === "step") return toWireNumber(place.step);
    if (what === "epoch") return Number.isNaN(place.epoch) ? undefined : toWireNumber(place.epoch);
    const point = await lastPoint(other!, { to: place.step });
    return point && toWireNumber(point.value);
  }

  async function lastPoint({ name, labels }: SeriesView, range: { below?: number; above?: number; to?: number }) {
    return (await findPointsOf(store, { instance: id, name, labels, axis: "step", most: 1, ...range })).points[0];
  }
}

/**
 * @param id - of an instance
 * @param column - what is asked for
 * @returns what the instance had where the series was at its best; `undefined` where it has none
 */
export async function atBestOf(store: Store, id: string, column: AtBest): Promise<WireNumber | undefined> {
  const series = await store.series(id).catch(passOver);
  return series && atBest(store, { id, series }, column);
}

/** What is damaged, or was deleted meanwhile, is said elsewhere: a list goes on. */
function passOver(error: unknown): undefined {
  if (!(error instanceof PlatformError)) throw error;
}

/** @param direction - 1 or -1 @returns the float64 next to a value: nothing lies between */
function nextFloat(value: number, direction: 1 | -1): number {
  if (value === 0) return direction * Number.MIN_VALUE;
  if (value === direction * Number.POSITIVE_INFINITY) return value;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 === direction > 0 ? 1n : -1n));
  return view.getFloat64(0);
}
