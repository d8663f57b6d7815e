import type { DropCounts, JournalRecord } from "ava-protocol";

/** So many different reasons are told; all drops are counted. */
const MOST_TOLD = 20;

/** What is counted when it is left out. */
export type DropKind = "points" | "logBytes" | "events";

/** Counts what a recorder leaves out, and tells each reason once. */
export class Drops {
  readonly counts: DropCounts = { points: 0, logBytes: 0, events: 0 };
  /** The journal has them. */
  isRecorded = true;
  private readonly told = new Set<string>();
  private readonly warn: (message: string) => void;

  /** @param warn - told why something is left out */
  constructor(warn: (message: string) => void) {
    this.warn = warn;
  }

  /** The counts as a record. */
  get record(): Extract<JournalRecord, { type: "drops" }> {
    return { type: "drops", drops: { ...this.counts } };
  }

  /** Counts what is left out. @returns false, for a method that tells whether it was taken */
  add(kind: DropKind, count: number, reason: string): false {
    this.counts[kind] += count;
    this.counts.reason = reason;
    this.isRecorded = false;
    this.tell("left out of the records, and counted", reason);
    return false;
  }

  /** @returns what takes back all that is counted from now on */
  mark(): () => void {
    const [counts, isRecorded] = [{ ...this.counts }, this.isRecorded];
    return () => {
      delete this.counts.reason;
      Object.assign(this.counts, counts);
      this.isRecorded = isRecorded;
    };
  }

  /** @param what - happened @param reason - told with it, unless it was told before */
  tell(what: string, reason: string): void {
    if (this.told.has(reason) || this.told.size >= MOST_TOLD) return;
    this.told.add(reason);
    this.warn(`${what}: ${reason}`);
  }
}
