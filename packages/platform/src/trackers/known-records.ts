import type { Once, PointsRecord, RunRecord } from "ava-dialects";
import { seriesKey } from "ava-protocol";
import { PlatformError } from "../error.js";
import type { PointsAnswer, PointsQuery } from "../store/contract/points.js";
import type { Store } from "../store/contract/store.js";

/** Prints of the newest records of a run: a client repeats what it sent within minutes. */
const MOST_PRINTS = 200_000;
/** Points of one step, or time, of a series that are compared. */
const MOST_OF_PLACE = 10_000;
/** Points that are asked for at a time. */
const POINTS_OF_QUESTION = 1000;

/** Tells records that a client sends once more from new ones, also when another process took them. */
export class KnownRecords {
  private readonly store: Store;
  private readonly instance: string;
  private readonly prints = new Set<bigint>();
  /** Points that can still be a repeat of one that another process took. */
  private toCompare: number;
  /** Of each series of the instance that is not of this process alone, the newest time of others; absent until it is asked for. */
  private lastTimes: Map<string, bigint> | undefined;

  /** @param hasPoints - the instance has some that this process did not take */
  constructor(store: Store, instance: string, hasPoints: boolean) {
    this.store = store;
    this.instance = instance;
    this.toCompare = hasPoints ? MOST_PRINTS : 0;
    if (!hasPoints) this.lastTimes = new Map();
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
    const candidates = new Map<bigint, T>();
    const toCompare: PointsRecord[] = [];
    const lastTimes = lines === undefined ? undefined : await this.lastTimesOfOthers();
    for (const [index, record] of records.entries()) {
      const print = prints[index]!;
      if (this.prints.has(print) || candidates.has(print)) continue;
      const isAfter = lines !== undefined && lines[index]! >= nextLine;
      // `wandb sync` sends rows again behind those that were taken.
      if (record.kind === "points" && (!isAfter || isOld(record, lastTimes!))) {
        // Too many were compared already: of lines, these are taken for repeats.
        if (this.toCompare <= 0 && lines !== undefined) continue;
        if (this.toCompare > 0) toCompare.push(record);
        this.toCompare -= record.values.length;
      }
      candidates.set(print, record);
    }
    const kept = new Set<RunRecord>(await this.keptOf(toCompare));
    // What a line holds beside points was counted with them.
    const keptLines = new Set(lines?.filter((_, index) => kept.has(records[index]!)));
    for (const [index, record] of records.entries())
      if (record.kind === "passedOver" && keptLines.has(lines?.[index] ?? -1)) kept.add(record);
    return [...candidates.values()].filter((record) => !kept.has(record));
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
    this.lastTimes = undefined;
  }

  private async lastTimesOfOthers(): Promise<ReadonlyMap<string, bigint>> {
    if (!this.lastTimes) {
      const all = await this.store.series(this.instance);
      this.lastTimes = new Map(all.map(({ name, labels, lastTimeNs }) => [seriesKey(name, labels), lastTimeNs]));
    }
    return this.lastTimes;
  }

  /** @returns those of which the store has each point */
  private async keptOf(records: readonly PointsRecord[]): Promise<PointsRecord[]> {
    // Of a record that is new it has not even the first.
    const begun = await this.having(records, (record) => record.values.slice(0, 1).map(() => 0));
    return this.having(begun, (record) => record.values.slice(1).map((_, index) => index + 1));
  }

  /** @param indexesOf - of points of a record @returns records of which the store has these points */
  private async having(records: readonly PointsRecord[], indexesOf: (record: PointsRecord) => number[]): Promise<PointsRecord[]> {
    const asked = records.flatMap((record) => indexesOf(record).map((index) => ({ record, index })));
    const lacking = new Set<PointsRecord>();
    for (let start = 0; start < asked.length; start += POINTS_OF_QUESTION) {
      const part = asked.slice(start, start + POINTS_OF_QUESTION);
      const answers = await this.store.findPoints(part.map(({ record, index }) => this.queryOf(record, index)));
      for (const [i, { record, index }] of part.entries()) if (!isIn(answers[i]!, record, index)) lacking.add(record);
    }
    return records.filter((record) => !lacking.has(record));
  }

  private queryOf({ step, timeNs, made, series }: PointsRecord, index: number): PointsQuery {
    const timeMs = Number(timeNs) / 1e6;
    // A time in ms may be rounded.
    const place =
      made === "step" ? ({ axis: "time", from: timeMs - 1, to: timeMs + 1 } as const) : ({ axis: "step", from: step, to: step } as const);
    return { instance: this.instance, ...series[index]!, ...place, most: MOST_OF_PLACE };
  }
}

/** @returns whether another process may have taken it: what is newer than all of a series is not in it */
function isOld({ series, timeNs }: PointsRecord, lastTimes: ReadonlyMap<string, bigint>): boolean {
  return series.every(({ name, labels }) => timeNs <= (lastTimes.get(seriesKey(name, labels)) ?? -1n));
}

function isIn(answer: PointsAnswer, { timeNs, made, values }: PointsRecord, index: number): boolean {
  if (answer instanceof PlatformError) {
    // The series is new.
    if (answer.code === "not_found") return false;
    throw answer;
  }
  return answer.points.some((point) => (made === "time" || point.timeNs === timeNs) && Object.is(point.value, values[index]));
}
