import { setTimeout as wait } from "node:timers/promises";
import { backoffMs } from "./backoff.js";
import { LAST_ANSWER_MS, type Settled, Settling } from "./settling.js";
import type { Transport } from "./transport.js";
import type { StepResult, WriterShipper } from "./writer-shipper.js";

/** Pause after everything is shipped: how old the newest point in the portal is at most, on a fast network. */
const POLL_MS = 250;
/** A run that says nothing is still heard this often; the platform calls it lost after a minute. */
const HEARTBEAT_MS = 15_000;
/** For one request: a slow platform gets its time, since nobody waits for it. */
const REQUEST_TIMEOUT_MS = 30_000;

/** A writer whose records are shipped. */
export interface ShippedWriter {
  shipper: WriterShipper;
  /** Nothing more will come: its newest segment may go, too, once it is acknowledged. */
  isGone: boolean;
}

/** Chooses writers. */
export type WriterFilter = (writer: ShippedWriter) => boolean;

/** What the loop tells the run. */
export interface ShipLoopEvents {
  /** The platform does not take records; told once until it does again. */
  onTrouble(reason: string): void;
  /** It takes records again. */
  onRecovered(): void;
  /** Somebody asked the run to stop. */
  onStop(reason: string): void;
}

/** What {@link ShipLoop} works with. */
export interface ShipLoopOptions {
  /** Asked for each round: writers come and go. */
  writers: () => readonly ShippedWriter[];
  transport: Transport;
  events: ShipLoopEvents;
  /** Whether the run is to be heard although it says nothing. Default: always. */
  isSpeaking?: () => boolean;
}

/** Ships the records of one run for as long as it lives: batches, heartbeats, back-off. */
export class ShipLoop {
  private readonly options: ShipLoopOptions;
  private readonly settlings = new Set<Settling>();
  private pausing: AbortController | undefined;
  private hasStopped = false;
  private failures = 0;
  private lastHeardMs = Date.now();
  private hasAskedToStop = false;
  private trouble: string | undefined;
  /** Speaks for the run: the last one that was shipped and known. */
  private voice: WriterShipper | undefined;

  /** @param options - what to ship, where to */
  constructor(options: ShipLoopOptions) {
    this.options = options;
  }

  /** Ships until {@link stop} is called. Never rejects. */
  async run(): Promise<void> {
    while (!this.hasStopped) {
      const result = await this.round();
      if (this.hasStopped || result.kind === "shipped") continue;
      await this.pause(result);
    }
  }

  /** Ends {@link run} after its request in flight. */
  stop(): void {
    this.hasStopped = true;
    this.pausing?.abort();
  }

  /**
   * Waits until everything is acknowledged that is in the journals now. A platform that was in trouble gets one more try.
   *
   * @param deadlineMs - when to give up, in milliseconds since 1970
   * @param isMeant - whose records are waited for. Default: all
   * @returns how it ended
   */
  async settle(deadlineMs: number, isMeant: WriterFilter = () => true): Promise<Settled> {
    const settling = new Settling(isMeant, deadlineMs, this.trouble);
    this.settlings.add(settling);
    this.pausing?.abort();
    try {
      return await settling.ended;
    } finally {
      this.settlings.delete(settling);
    }
  }

  private async pause(after: StepResult): Promise<void> {
    const isAwaited = this.settlings.size > 0;
    let pauseMs = isAwaited ? 0 : POLL_MS;
    if (after.kind === "failed") pauseMs = isAwaited ? backoffMs(1) : Math.max(backoffMs(this.failures), after.retryAfterMs ?? 0);
    this.pausing = new AbortController();
    // Ends early, by intention, when somebody waits for the end.
    await wait(pauseMs, undefined, { signal: this.pausing.signal }).catch(() => undefined);
    this.pausing = undefined;
  }

  private async round(): Promise<StepResult> {
    let writers: readonly ShippedWriter[];
    try {
      writers = this.options.writers();
    } catch (error) {
      return this.note(undefined, { kind: "failed", reason: (error as Error).message });
    }
    for (const settling of this.settlings) settling.startRound(writers);
    let result: StepResult = { kind: "idle" };
    for (const { shipper, isGone } of writers) {
      const one = await this.step(() => shipper.step(this.options.transport, this.timeoutMs(), isGone));
      this.note(shipper, one);
      if (one.kind === "failed") return one;
      if (one.kind === "shipped") result = one;
      if (shipper.isKnown) this.voice = shipper;
    }
    for (const settling of this.settlings) settling.endRound();
    return result.kind === "idle" ? this.beat() : result;
  }

  private async beat(): Promise<StepResult> {
    const isDue = Date.now() - this.lastHeardMs > HEARTBEAT_MS && (this.options.isSpeaking?.() ?? true);
    const { voice } = this;
    if (!isDue || !voice) return { kind: "idle" };
    const beat = await this.step(() => voice.heartbeat(this.options.transport, this.timeoutMs()));
    this.note(undefined, beat);
    return beat.kind === "failed" ? beat : { kind: "idle" };
  }

  /** A journal that cannot be read, say on a disk that went away, is no end of the loop. */
  private async step(work: () => Promise<StepResult>): Promise<StepResult> {
    try {
      return await work();
    } catch (error) {
      return { kind: "failed", reason: (error as Error).message };
    }
  }

  private timeoutMs(): number {
    return this.settlings.size > 0 ? LAST_ANSWER_MS : REQUEST_TIMEOUT_MS;
  }

  private note(shipper: WriterShipper | undefined, result: StepResult): StepResult {
    for (const settling of this.settlings) settling.note(shipper, result);
    if (result.kind === "idle") return result;
    if (result.kind === "failed") {
      this.failures += 1;
      if (this.trouble === undefined) this.options.events.onTrouble(result.reason);
      this.trouble = result.reason;
      return result;
    }
    this.failures = 0;
    this.lastHeardMs = Date.now();
    if (this.trouble !== undefined) this.options.events.onRecovered();
    this.trouble = undefined;
    if (result.stop && !this.hasAskedToStop) {
      this.hasAskedToStop = true;
      this.options.events.onStop(result.stop.reason);
    }
    return result;
  }
}
