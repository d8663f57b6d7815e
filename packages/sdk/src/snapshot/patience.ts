/** Longest wait for a storage that has failed and gets nothing on. */
const FAILING_MS = 60_000;
/** The same while nothing has failed: over a slow line a part may take its time, and only whole ones are told of. */
const SILENT_MS = 180_000;
const LOOK_MS = 1_000;

/** Tells when it is hopeless to wait for snapshots any longer: no byte moves, and none comes to its end. */
export class Patience {
  /** Why the last failure was. */
  reason: string | undefined;
  private readonly stateOf: () => string;
  private state = "";
  private movedMs = 0;
  private packings = 0;
  private hasFailed = false;

  /** @param stateOf - changes when a snapshot gets on */
  constructor(stateOf: () => string) {
    this.stateOf = stateOf;
  }

  /** Something got on. */
  moved(): void {
    this.movedMs = Date.now();
  }

  /** A try failed. @param reason - why */
  failed(reason: string): void {
    this.reason = reason;
    this.hasFailed = true;
  }

  /** Work that gets on, or fails, by itself is waited for. @param work - packing @returns its result */
  async during<Result>(work: Promise<Result>): Promise<Result> {
    this.packings += 1;
    try {
      return await work;
    } finally {
      this.packings -= 1;
    }
  }

  /** Begins to watch for a process that waits. @returns a signal that is aborted when it is hopeless, and what ends the watch */
  watch(): { signal: AbortSignal; stop: () => void } {
    const hopeless = new AbortController();
    this.hasFailed = false;
    this.moved();
    const timer = setInterval(() => {
      if (this.isHopeless(Date.now())) hopeless.abort();
    }, LOOK_MS).unref();
    return { signal: hopeless.signal, stop: () => clearInterval(timer) };
  }

  private isHopeless(nowMs: number): boolean {
    const state = this.currentState();
    if (state !== this.state || this.packings > 0) this.moved();
    this.state = state;
    return nowMs - this.movedMs >= (this.hasFailed ? FAILING_MS : SILENT_MS);
  }

  private currentState(): string {
    try {
      return this.stateOf();
    } catch {
      // The disk is away: nothing gets on, as far as can be seen.
      return this.state;
    }
  }
}
