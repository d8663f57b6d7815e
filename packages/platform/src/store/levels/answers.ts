import type { WindowColumns, WindowQuery } from "../contract/window.js";
import { CHUNK_POINTS } from "./chunk.js";
import type { ReadableSeries } from "./series.js";
import { encodeTotals } from "./totals.js";

/** Points from which on an answer is remembered: of fewer it is made as fast as a page asks. */
const LONG_POINTS = 64 * CHUNK_POINTS;

/** Numbers of all answers that are remembered: 8 MB of them, and about 20 MB of their JSON, which is remembered with columns that were asked for as that. */
const MOST_NUMBERS = 1_000_000;

/** Remembers answers about long series: who loads a page again, and the next who looks at the same run, asks the same. They must not be changed. */
export class Answers {
  private readonly kept = new Map<string, { columns: WindowColumns; numbers: number }>();
  private readonly ids = new WeakMap<ReadableSeries, number>();
  private numbers = 0;
  private nextId = 0;

  /** @returns the answer that was remembered; else it is made */
  of(series: ReadableSeries, query: WindowQuery, make: () => WindowColumns): WindowColumns {
    if (series.totals.count < LONG_POINTS) return make();
    const key = this.keyOf(series, query);
    const known = this.kept.get(key);
    // What was asked for last is behind all others.
    this.kept.delete(key);
    const answer = known ?? { columns: make(), numbers: 0 };
    // What cannot be read now may be read later.
    if (answer.columns.damage.length > 0) return answer.columns;
    this.kept.set(key, answer);
    if (known === undefined) {
      answer.numbers = numbersOf(answer.columns);
      this.numbers += answer.numbers;
      this.shrink();
    }
    return answer.columns;
  }

  private keyOf(series: ReadableSeries, { axis, from, to, buckets, segment, hasMeans, nonFinite, rewinds }: WindowQuery): string {
    const id = this.ids.get(series) ?? this.nextId++;
    this.ids.set(series, id);
    // All totals: points that are taken back leave their count to others.
    const totals = Buffer.from(encodeTotals(series.totals)).toString("latin1");
    return [id, axis, from, to, buckets, segment, hasMeans, nonFinite, rewinds, totals].join(" ");
  }

  private shrink(): void {
    for (const [key, { numbers }] of this.kept) {
      if (this.numbers <= MOST_NUMBERS) return;
      this.kept.delete(key);
      this.numbers -= numbers;
    }
  }
}

function numbersOf({ x, mean, nonFinite, rewinds = [] }: WindowColumns): number {
  return 6 * x.length + (mean?.length ?? 0) + 2 * (nonFinite?.x.length ?? 0) + 3 * rewinds.length;
}
