import { PlatformError } from "../../error.js";
import { readBatchHeader } from "../../intake/records/header.js";
import type { ReparseHead } from "../contract/reparse.js";
import { splitOffset } from "../levels/chunk.js";
import { pointBlocks } from "../levels/points.js";
import type { GrowingSeries } from "../levels/series.js";
import { applyBatch } from "./apply-records.js";
import type { Instance, Writer } from "./instance.js";
import type { Range, ReparsedSeries, StoredReparse } from "./stored-reparse.js";
import type { Applied, Target } from "./target.js";

/** @param by - absent for any @throws PlatformError `not_found` for a reparse that there is not, `conflict` where it is another's */
export function checkReparse({ id, reparses }: Instance, n: number, by?: string): void {
  const known = reparses.find((one) => one.n === n);
  if (known === undefined) throw new PlatformError("not_found", `The instance ${id} has no reparse ${n}.`);
  if (by !== undefined && known.by !== by) throw new PlatformError("conflict", `The reparse ${n} of ${id} is another one.`);
}

/**
 * Adds points of a reparse, and what is known of it now.
 *
 * @param head - of the reparse; its first part makes it
 * @param body - points as journal records, checked; may be empty
 */
export function applyReparse(
  target: Target,
  instance: Instance,
  { head, isDone, atMs }: { head: ReparseHead; isDone: boolean; atMs: number },
  body: Uint8Array,
): Applied {
  const known = instance.reparses.find(({ n }) => n === head.n);
  const reparse: StoredReparse = { ...(known ?? { startedMs: atMs, series: [] }), ...head, state: isDone ? "done" : "adding" };
  target.willChange(instance);
  const before = new Map<GrowingSeries, number>();
  const seriesOf = (...of: Parameters<Target["seriesOf"]>): GrowingSeries => {
    const series = target.seriesOf(...of);
    before.set(series, series.totals.count);
    return series;
  };
  let points = 0;
  if (body.length > 0) {
    const { header, recordsAt } = readBatchHeader(body);
    // Not one of the instance's writers: nothing follows from what it says but points.
    const writer: Writer = { id: header.writer, ack: 0, drops: undefined, isDirty: false };
    ({ points } = applyBatch(instance, writer, header, body, recordsAt, atMs, seriesOf));
  }
  for (const [series, start] of before) reparse.series = withRange(reparse.series, series, start);
  instance.reparses = [...instance.reparses.filter((one) => one !== known), reparse];
  return { instance, hasFacts: true, series: new Set(before.keys()), hasLog: false, points, silenceMs: 0 };
}

/**
 * Removes what a reparse added, and nothing else.
 *
 * @throws PlatformError `store_damaged` when points that have to stay cannot be read
 */
export function undoReparse(target: Target, instance: Instance, n: number): Applied | undefined {
  const undone = instance.reparses.find((one) => one.n === n);
  if (undone === undefined || undone.state === "undone") return undefined;
  target.willChange(instance);
  const changed = new Set<GrowingSeries>();
  let { reparses } = instance;
  for (const { key, ranges } of undone.series) {
    const series = instance.series.get(key);
    if (series === undefined) continue;
    const rest = withoutRanges(target, instance, series, ranges);
    if (rest !== undefined) changed.add(rest);
    reparses = reparses.map((one) => (one.n === n ? one : { ...one, series: one.series.map((of) => moved(of, key, ranges)) }));
  }
  const bare: StoredReparse = { ...undone, state: "undone", series: undone.series.map((of) => ({ ...of, ranges: [] })) };
  instance.reparses = reparses.map((one) => (one.n === n ? bare : one));
  return { instance, hasFacts: true, series: changed, hasLog: false, points: 0, silenceMs: 0 };
}

function withRange(all: readonly ReparsedSeries[], { key, name, labels, totals }: GrowingSeries, start: number): ReparsedSeries[] {
  const count = totals.count - start;
  if (count === 0) return [...all];
  const known = all.find((one) => one.key === key);
  if (known === undefined) return [...all, { key, name, labels, points: count, ranges: [[start, count]] }];
  const [lastStart, lastCount] = known.ranges.at(-1) as Range;
  const ranges: Range[] =
    lastStart + lastCount === start ? [...known.ranges.slice(0, -1), [lastStart, lastCount + count]] : [...known.ranges, [start, count]];
  return all.map((one) => (one === known ? { ...known, points: known.points + count, ranges } : one));
}

/** @returns the series that has the other points; `undefined` where there are none */
function withoutRanges(target: Target, instance: Instance, series: GrowingSeries, ranges: readonly Range[]): GrowingSeries | undefined {
  const removed = ranges.reduce((sum, [, count]) => sum + count, 0);
  const isWhole = removed >= series.totals.count;
  target.removeSeries(instance, series.key);
  if (isWhole) return undefined;
  const rest = target.seriesOf(instance, series.name, series.labels);
  let place = 0;
  let next = 0;
  for (const { rows } of pointBlocks(instance.id, [series], false)) {
    for (let row = 0; row < rows.count; row++, place++) {
      const [start, count] = ranges[next] ?? [Number.POSITIVE_INFINITY, 0];
      if (place >= start + count - 1) next++;
      if (place >= start) continue;
      const { hi, lo } = splitOffset(rows.timeBaseHi, rows.time[row]!);
      rest.append(rows.step[row]!, rows.epoch[row]!, hi, lo, rows.value[row]!);
    }
  }
  return rest;
}

/** Places of another reparse's points, when points before them are gone. */
function moved(of: ReparsedSeries, key: string, removed: readonly Range[]): ReparsedSeries {
  if (of.key !== key) return of;
  const goneBefore = (place: number): number => removed.reduce((sum, [start, count]) => sum + (start < place ? count : 0), 0);
  return { ...of, ranges: of.ranges.map(([start, count]) => [start - goneBefore(start), count]) };
}
