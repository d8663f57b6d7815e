import type { Undo } from "../held/undo.js";
import type { AppendLog } from "./log/append-log.js";

interface Waiting {
  undo: Undo | undefined;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Holds the answers back until requests are kept as the log's sync policy says; one sync serves all that wait. */
export class Keeping {
  private readonly log: AppendLog;
  /** The requests that wait, in the order of the log. */
  private waiting: Waiting[] = [];
  private isSyncing = false;
  private readonly onTakenBack: (error: unknown) => void;

  /**
   * @param log - where the requests are
   * @param onTakenBack - told why a sync failed, once all that waited were taken back
   */
  constructor(log: AppendLog, onTakenBack: (error: unknown) => void) {
    this.log = log;
    this.onTakenBack = onTakenBack;
  }

  /** Whether no request waits. */
  get isIdle(): boolean {
    return this.waiting.length === 0;
  }

  /**
   * Waits until everything appended so far is kept.
   *
   * @param undo - takes back what was appended last; absent for one who only waits for others
   * @throws PlatformError of the log; then all that waited are taken back
   */
  async kept(undo?: Undo): Promise<void> {
    if (!this.log.isSynced || (undo === undefined && this.waiting.length === 0)) return;
    const kept = new Promise<void>((resolve, reject) => this.waiting.push({ undo, resolve, reject }));
    void this.syncAll();
    await kept;
  }

  private async syncAll(): Promise<void> {
    if (this.isSyncing) return;
    this.isSyncing = true;
    // A sync keeps what was written before it began.
    for (let last = this.waiting.at(-1); last !== undefined; last = this.waiting.at(-1)) {
      await this.log.sync((error) => this.takeBackAll(error));
      // Those who were taken back do not wait any more.
      for (const { resolve } of this.waiting.splice(0, this.waiting.indexOf(last) + 1)) resolve();
    }
    this.isSyncing = false;
  }

  /** Those who came during the sync as well: they are in the same file, and built on what is taken back. */
  private takeBackAll(error: unknown): void {
    const refused = this.waiting.splice(0);
    for (const { undo } of refused.toReversed()) undo?.takeBack();
    for (const { reject } of refused) reject(error);
    this.onTakenBack(error);
  }
}
