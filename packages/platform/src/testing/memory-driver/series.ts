import { type Labels, seriesKey } from "ava-protocol";
import type { RawRows } from "../../store/contract/points.js";
import { CHUNK_POINTS, TIME_BASE_NS } from "../../store/levels/chunk.js";
import type { GrowingSeries, Piece } from "../../store/levels/series.js";
import { addToTotals, emptyTotals, type SeriesTotals } from "../../store/levels/totals.js";

/** A point as it came: step, epoch, halves of the time, value. */
type Point = readonly [step: number, epoch: number, timeHi: number, timeLo: number, value: number];

/** A series that is a list of points. */
export class MemorySeries implements GrowingSeries {
  readonly name: string;
  readonly labels: Labels;
  readonly key: string;
  readonly totals: SeriesTotals = emptyTotals();
  private readonly points: Point[] = [];

  constructor(name: string, labels: Labels) {
    this.name = name;
    this.labels = labels;
    this.key = seriesKey(name, labels);
  }

  append(...point: [number, number, number, number, number]): void {
    const [step, , timeHi, timeLo, value] = point;
    this.points.push(point);
    addToTotals(this.totals, step, timeHi, timeLo, value);
  }

  pieces(): Piece[] {
    const pieces: Piece[] = [];
    for (let at = 0; at < this.points.length; ) {
      const rows = rowsFrom(this.points, at);
      pieces.push({ rows });
      at += rows.count;
    }
    return pieces;
  }
}

/** As many points as one block may hold, and as lie near enough to the first in time for exact offsets. */
function rowsFrom(points: readonly Point[], start: number): RawRows {
  const timeBaseHi = points[start]![2];
  const offsetOf = ([, , timeHi, timeLo]: Point): number => (timeHi - timeBaseHi) * TIME_BASE_NS + timeLo;
  const block = points.slice(start, start + CHUNK_POINTS);
  const far = block.findIndex((point) => !Number.isSafeInteger(offsetOf(point)));
  const near = far < 0 ? block : block.slice(0, far);
  return {
    count: near.length,
    timeBaseHi,
    step: Float64Array.from(near, ([step]) => step),
    time: Float64Array.from(near, offsetOf),
    epoch: Float64Array.from(near, ([, epoch]) => epoch),
    value: Float64Array.from(near, ([, , , , value]) => value),
  };
}
