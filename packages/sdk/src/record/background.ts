import type { JournalRecord, Labels } from "ava-protocol";

/** How the shipping of a run ended. */
export interface ShippingEnd {
  /** Everything in the journal was acknowledged. */
  isComplete: boolean;
  reason?: string;
  /** Records that the platform refused for good. */
  refusedRecords: number;
  /** Snapshots that are not stored, are stored and not registered, or were given up; and why the last one that failed did. */
  snapshots: { waiting: number; unregistered: number; givenUp: number; reason?: string };
}

/** What a writer could not write to its journal: facts, events and the counts of what it dropped. They are plain JSON. */
export interface LastWords {
  writer: string;
  training: string;
  labels?: Labels;
  /** Seq of the last record that is in the journal. */
  afterSeq: number;
  records: readonly JournalRecord[];
}

/** The thread that brings what a recording wrote to platform and storage, while the training goes on. */
export interface Background {
  /**
   * Keeps the process alive for something that will be told; without it, a program that waits for nothing else would just end.
   *
   * @param work - settles when it is told
   * @param timeoutMs - longest time to keep the process
   */
  holdProcess(work: Promise<unknown>, timeoutMs: number): void;

  /**
   * Ships what is left, and ends.
   *
   * @param timeoutMs - longest wait for records
   * @param snapshotTimeoutMs - longest wait for snapshots; at least as long
   * @param lastWords - what the journal had no room for
   * @returns what became of it; never rejects
   */
  drain(timeoutMs: number, snapshotTimeoutMs: number, lastWords: LastWords): Promise<ShippingEnd>;
}
