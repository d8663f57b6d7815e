import { PlatformError } from "../../error.js";
import type { PointsAnswer, PointsQuery, RawRows, RecordedPoint, SeriesPoints } from "../contract/points.js";
import { AXIS, axisTimeMs, type ChunkHead, TIME_BASE_NS } from "./chunk.js";
import { readPiece } from "./pieces.js";
import { rowsOf } from "./points.js";
import type { ReadableSeries } from "./series.js";
import { findSeries, type SeriesMap } from "./window.js";

/**
 * Finds points of a series in steps: from its end on, past chunks that a look at their head answers.
 *
 * @param all - series of the instance that is asked for
 * @param query - what is looked for
 * @returns the answer, once all steps are done
 * @throws PlatformError `not_found`, `ambiguous_series`
 */
export function* findPoints(all: SeriesMap, query: PointsQuery): Generator<void, SeriesPoints> {
  const series: ReadableSeries = findSeries(query.instance, all, query.name, query.labels);
  const found: RecordedPoint[] = [];
  const damage: string[] = [];
  let total = 0;
  for (const piece of series.pieces().toReversed()) {
    const known = "damage" in piece || piece.head === undefined ? undefined : knownTotal(piece.head, query);
    if (known !== undefined && (known === 0 || found.length >= query.most)) {
      total += known;
      continue;
    }
    const read = readPiece(piece, rowsOf);
    if ("damage" in read) damage.push(read.damage);
    else total += takeRows(read.result, query, found);
    yield;
  }
  const { name, labels } = series;
  return { name, labels, total, points: found.toReversed(), damage: damage.toReversed() };
}

/**
 * Answers questions of several series in steps.
 *
 * @param seriesOf - finds the series of an instance
 * @returns the answers, or why there are none
 */
export function* answerPoints(seriesOf: (instance: string) => SeriesMap, queries: readonly PointsQuery[]): Generator<void, PointsAnswer[]> {
  const answers: PointsAnswer[] = [];
  for (const query of queries) {
    try {
      answers.push(yield* findPoints(seriesOf(query.instance), query));
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      answers.push(error);
    }
  }
  return answers;
}

/** @returns points of a chunk that are looked for, where its head tells; 0 for one that lies beside the question */
function knownTotal(head: ChunkHead, query: PointsQuery): number | undefined {
  const { from = -Infinity, to = Infinity, below = Infinity, above = -Infinity } = query;
  const range = head.axes[AXIS[query.axis]];
  if (!(range.max >= from && range.min <= to)) return 0;
  const isAny = query.below === undefined && query.above === undefined;
  if (!isAny && !((query.below !== undefined && head.min < below) || (query.above !== undefined && head.max > above))) return 0;
  return isAny && range.isSorted && range.min >= from && range.max <= to ? head.count : undefined;
}

/** Takes what is looked for, the last first. @returns how many there are */
function takeRows(rows: RawRows, query: PointsQuery, found: RecordedPoint[]): number {
  const { axis, from = -Infinity, to = Infinity, below, above, most } = query;
  const isAny = below === undefined && above === undefined;
  let total = 0;
  for (let row = rows.count - 1; row >= 0; row--) {
    const x = axis === "time" ? axisTimeMs(rows.timeBaseHi, rows.time[row]!) : rows[axis][row]!;
    const value = rows.value[row]!;
    if (!(x >= from && x <= to) || !(isAny || value < below! || value > above!)) continue;
    total += 1;
    if (found.length >= most) continue;
    const timeNs = BigInt(rows.timeBaseHi) * BigInt(TIME_BASE_NS) + BigInt(rows.time[row]!);
    found.push({ step: rows.step[row]!, epoch: rows.epoch[row]!, timeNs, value });
  }
  return total;
}
