import type { Once, PointsRecord, RunRecord } from "ava-dialects";
import type { Labels } from "ava-protocol";
import { PlatformError } from "../error.js";
import type { Store } from "../store/contract/store.js";

/** Prints of the newest records of a run: a client repeats what it sent within minutes. */
const MOST_PRINTS = 200_000;
/** Points of one step, or time, of a series that are compared. */
const MOST_OF_PLACE = 10_000;

/** Tells records that a client sends once more from new ones, also when another process took them. */
export class KnownRecords {
  private readonly store: Store;
  private readonly instance: string;
  private readonly prints = new Set<bigint>();
  /** Points that can still be a repeat of one that another process took. */
  private toCompare: number;

  /** @param hasPoints - the instance has some that this process did not take */
  constructor(store: Store, instance: string, hasPoints: boolean) {
    this.store = store;
    this.instance = instance;
    this.toCompare = hasPoints ? MOST_PRINTS : 0;
  }

  /**
   * @param records - of a client
   * @param once - how repeats are told
   * @param nextLine - the line of its stream that comes next
   * @returns those that are new
   */
  async newOnes<T extends RunRecord>(records: readonly T[], once: Once, nextLine: number): Promise<T[]> {
    const lines = "stream" in once ? once.lines : undefined;
    const { prints } = once;
    if (!prints) return records.filter((_, index) => (lines?.[index] ?? 0) >= nextLine);
    // Of lines it is known which may have been taken: these are all compared.
    if (lines) this.toCompare = MOST_PRINTS;
    const seen = new Set<bigint>();
    const fresh: T[] = [];
    for (const [index, record] of records.entries()) {
      const print = prints[index]!;
      if (this.prints.has(print) || seen.has(print)) continue;
      if (!(lines && lines[index]! >= nextLine) && (await this.isKept(record, lines !== undefined))) continue;
      seen.add(print);
      fresh.push(record);
    }
    return fresh;
  }

  /** Remembers records that were kept. @param once - how they are told */
  mark(once: Once): void {
    for (const print of once.prints ?? []) this.prints.add(print);
    for (const print of this.prints) {
      if (this.prints.size <= MOST_PRINTS) break;
      this.prints.delete(print);
    }
  }

  /** The store may have more than was remembered: its points are asked for again. */
  doubt(): void {
    this.toCompare = MOST_PRINTS;
  }

  /** Whether the store has each of its points. @param whereNotCompared - the answer where too many were compared already */
  private async isKept(record: RunRecord, whereNotCompared: boolean): Promise<boolean> {
    if (record.kind !== "points") return false;
    if (this.toCompare <= 0) return whereNotCompared;
    this.toCompare -= record.values.length;
    for (const [index, series] of record.series.entries()) if (!(await this.hasPoint(record, series, record.values[index]!))) return false;
    return true;
  }

  private async hasPoint({ step, timeNs, made }: PointsRecord, series: { name: string; labels: Labels }, value: number): Promise<boolean> {
    const timeMs = Number(timeNs) / 1e6;
    // A time in ms may be rounded.
    const place =
      made === "step" ? ({ axis: "time", from: timeMs - 1, to: timeMs + 1 } as const) : ({ axis: "step", from: step, to: step } as const);
    try {
      const { points } = await this.store.findPoints({ instance: this.instance, ...series, ...place, most: MOST_OF_PLACE });
      return points.some((point) => (made === "time" || point.timeNs === timeNs) && Object.is(point.value, value));
    } catch (error) {
      // The series is new.
      if (error instanceof PlatformError && error.code === "not_found") return false;
      throw error;
    }
  }
}
