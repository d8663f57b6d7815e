import type { EndCause, Labels } from "ava-protocol";
import type { Notices } from "../place/notices/notices.js";
import type { RunLayout } from "../place/workspace/layout.js";
import type { Background, ShippingEnd } from "./background.js";
import type { JournalWriter } from "./journal/journal-writer.js";
import type { Recorder } from "./recorder.js";

/** How an instance ended. */
export interface RecordingEnd {
  state: "done" | "failed";
  end: EndCause;
}

/** Longest wait of an ending run for its last snapshots, which may be gigabytes. What is not stored then waits for a sync. */
const LAST_SNAPSHOT_MS = 600_000;

/** A wait for snapshots that lasts longer than this is told. */
const TELL_WAIT_MS = 5_000;
const MOST_REASON_CHARS = 500;

/** What a recording is made of. */
export interface RecordingParts {
  instanceId: string;
  training: string;
  /** Of this process among those of a parallel training. */
  rank: string | undefined;
  layout: RunLayout;
  journal: JournalWriter;
  recorder: Recorder;
  /** Ships the journal, and the snapshots. */
  background: Background;
  /** Snapshots that this process has taken. */
  snapshots: { readonly isUsed: boolean; readonly isWaiting: boolean; close(): void };
  /** Last value of each metric, where the choice of the best snapshots needs it. */
  lastMetrics?: Record<string, number>;
  notices: Notices;
}

/** The SDK's work for one instance in this process: its journal and who ships it, from the first fact to the last. */
export class Recording {
  readonly instanceId: string;
  readonly layout: RunLayout;
  readonly recorder: Recorder;
  private readonly parts: RecordingParts;
  private finishing: Promise<ShippingEnd> | undefined;

  /** @param parts - begun already */
  constructor(parts: RecordingParts) {
    this.parts = parts;
    this.instanceId = parts.instanceId;
    this.layout = parts.layout;
    this.recorder = parts.recorder;
  }

  /**
   * Records the end, closes the journal and ships what is left, for a bounded time. Calling it again gives the first call's answer.
   *
   * @param how - state and end cause
   * @param timeoutMs - longest wait for the platform
   * @returns what became of the rest; never rejects
   */
  finish(how: RecordingEnd, timeoutMs: number): Promise<ShippingEnd> {
    this.finishing ??= this.ship(how, timeoutMs);
    return this.finishing;
  }

  /** A program waits for its snapshot: the process lives on for it, for ten minutes at most. @param registered - of the queue */
  holdFor<Model>(registered: Promise<Model>): Promise<Model> {
    this.parts.background.holdProcess(registered, LAST_SNAPSHOT_MS);
    return registered;
  }

  /** Remembers values for the choice of the best snapshots. @param metrics - as logged */
  keepMetrics(metrics: Readonly<Record<string, number>>): void {
    if (this.parts.lastMetrics) Object.assign(this.parts.lastMetrics, metrics);
  }

  /** Records the end when the process exits without {@link finish}; what is unsent stays in the journal. @param how - state and end cause */
  abandon(how: RecordingEnd): void {
    if (!this.finishing) this.recordEnd(how);
  }

  private async ship(how: RecordingEnd, timeoutMs: number): Promise<ShippingEnd> {
    this.recordEnd(how);
    const { journal, training, rank, background, snapshots, notices } = this.parts;
    const { drops, lastWords: records } = this.recorder;
    const lastWords = { writer: journal.writer, afterSeq: journal.lastSeq, training, ...rankLabels(rank), records };
    const snapshotTimeoutMs = snapshots.isUsed ? LAST_SNAPSHOT_MS : timeoutMs;
    const held = setTimeout(() => this.tellOfWait(), TELL_WAIT_MS);
    const shipped = await background.drain(timeoutMs, snapshotTimeoutMs, lastWords);
    clearTimeout(held);
    snapshots.close();
    const { points, logBytes, events, reason } = drops;
    if (points + logBytes + events > 0) {
      notices.warn(`dropped ${points} points, ${logBytes} bytes of log, ${events} events: ${reason}`);
    }
    if (shipped.refusedRecords > 0) notices.warn(`the platform refused ${shipped.refusedRecords} records`);
    const { waiting, unregistered, givenUp, reason: failure } = shipped.snapshots;
    const goOn = `Go on with: ava-sdk sync ${this.layout.base}`;
    const why = failure === undefined ? "" : ` (${failure.replaceAll(/\s+/g, " ").slice(0, MOST_REASON_CHARS)})`;
    if (waiting > 0) notices.announce(`${waiting} snapshots are not stored${why}; nothing of them is deleted. ${goOn}`);
    if (unregistered > 0) notices.tell(`${unregistered} snapshots are stored, and not registered yet. ${goOn}`);
    if (givenUp > 0) notices.tell(`${givenUp} snapshots were given up; the reasons are in ${this.layout.snapshots}`);
    if (!shipped.isComplete) {
      notices.tell(
        `not everything reached the platform (${shipped.reason}); it is kept in ${this.layout.journal}. Send it with: ava-sdk sync ${this.layout.base}`,
      );
    }
    return shipped;
  }

  private tellOfWait(): void {
    if (!this.parts.snapshots.isWaiting) return;
    this.parts.notices.announce(
      `the end waits for snapshots on their way to the storage, for ${LAST_SNAPSHOT_MS / 60_000} minutes at most`,
    );
  }

  private recordEnd({ state, end }: RecordingEnd): void {
    // One of many that fails says which.
    const { rank } = this.parts;
    const message = rank !== undefined && rank !== "0" && end.message ? `rank ${rank}: ${end.message}` : end.message;
    this.recorder.facts({ state, stopTime: new Date().toISOString(), end: { ...end, ...(message ? { message } : {}) } });
    this.recorder.close();
  }
}

/** @param rank - of a process of a parallel training @returns the labels of its series, to be spread */
export function rankLabels(rank: string | undefined): { labels?: Labels } {
  return rank === undefined ? {} : { labels: { rank } };
}
