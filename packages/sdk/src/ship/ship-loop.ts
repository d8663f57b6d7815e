import { setTimeout as wait } from "node:timers/promises";
import { backoffMs } from "./backoff.js";
import { LAST_ANSWER_MS, type Settled, Settling } from "./settling.js";
import type { ShippedWriter, WriterFilter } from "./shipped-writer.js";
import type { Transport } from "./transport.js";
import type { StepResult, WriterShipper } from "./writer-shipper.js";

/** Pause after everything is shipped: how old the newest point in the portal is at most, on a fast network. A platform of very many runs asks for a longer one. */
const POLL_MS = 250;
/** A run that says nothing is still heard this often; the platform calls it lost after a minute. */
const HEARTBEAT_MS = 15_000;
/** For one request: a slow platform gets its time, since the training does not wait for it. */
const REQUEST_TIMEOUT_MS = 30_000;

/** What the loop tells the run. */
export interface ShipLoopEvents {
  /** The platform does not take records; told once until it does again. */
  onTrouble(reason: string): void;
  /** It takes records again. */
  onRecovered(): void;
  /** The platform asks the run to stop. */
  onStop(reason: string): void;
  /** A word for the user: records that can never be delivered, or none any more. */
  onNotice(message: string): void;
}

/** So many different reasons for which records were passed over are told; all are counted. */
const MOST_TOLD = 10;

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
  private pauseMs = POLL_MS;
  private lastHeardMs = Date.now();
  private hasAskedToStop = false;
  private trouble: string | undefined;
  /** Whose trouble it is alone. */
  private troubled: WriterShipper | undefined;
  /** Speaks for the run: the last one that was shipped and known. */
  private voice: WriterShipper | undefined;
  /** Whose turn it is first in the next round: one that fails each time is not to keep the others waiting. */
  private first: WriterShipper | undefined;
  /** The last round left something in the journals that can be sent at once. */
  private hasMore = false;
  /** A process waits since the last round. */
  private isHurried = false;
  private deleted: string | undefined;
  private readonly toldReasons = new Set<string>();

  /** @param options - what to ship, where to */
  constructor(options: ShipLoopOptions) {
    this.options = options;
  }

  /** Ships until {@link stop} is called, or the instance was deleted on the platform. Never rejects. */
  async run(): Promise<void> {
    while (!this.hasStopped) {
      const result = await this.round();
      if (!this.hasStopped && !(result.kind === "shipped" && this.hasMore)) await this.pause(result);
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
    if (this.deleted !== undefined) return { isComplete: false, reason: this.deleted };
    const settling = new Settling(isMeant, deadlineMs, this.trouble);
    this.settlings.add(settling);
    this.isHurried = true;
    this.pausing?.abort();
    try {
      return await settling.ended;
    } finally {
      this.settlings.delete(settling);
    }
  }

  private async pause(after: StepResult): Promise<void> {
    const isAwaited = this.settlings.size > 0;
    let pauseMs = isAwaited ? 0 : this.pauseMs;
    if (after.kind === "failed") pauseMs = isAwaited ? backoffMs(1) : Math.max(backoffMs(this.failures), after.retryAfterMs ?? 0);
    this.pausing = new AbortController();
    // Ends early, by intention, when a process waits for the end.
    await wait(pauseMs, undefined, { signal: this.pausing.signal }).catch(() => undefined);
    this.pausing = undefined;
  }

  private async round(): Promise<StepResult> {
    let writers: readonly ShippedWriter[];
    try {
      writers = this.inTurn(this.options.writers());
    } catch (error) {
      return this.note(undefined, { kind: "failed", reason: (error as Error).message, isOwn: false });
    }
    for (const settling of this.settlings) settling.startRound(writers);
    if (this.isHurried) for (const { shipper } of writers) shipper.hurry();
    this.isHurried = false;
    let result: StepResult = { kind: "idle" };
    this.hasMore = false;
    for (const [index, { shipper, isGone }] of writers.entries()) {
      if (!shipper.isDue()) continue;
      const one = this.note(shipper, await shipper.step(this.options.transport, this.timeoutMs(), isGone));
      if (one.kind === "deleted") return one;
      if (one.kind === "failed" && !one.isOwn) {
        this.first = writers[index + 1]?.shipper;
        return one;
      }
      if (one.kind === "shipped") {
        result = one;
        this.hasMore ||= shipper.hasMore;
      }
      if (shipper.isKnown) this.voice = shipper;
    }
    for (const settling of this.settlings) settling.endRound();
    return result.kind === "idle" ? this.beat() : result;
  }

  private inTurn(writers: readonly ShippedWriter[]): readonly ShippedWriter[] {
    const first = writers.findIndex(({ shipper }) => shipper === this.first);
    return first > 0 ? [...writers.slice(first), ...writers.slice(0, first)] : writers;
  }

  private async beat(): Promise<StepResult> {
    const isDue = Date.now() - this.lastHeardMs > HEARTBEAT_MS && (this.options.isSpeaking?.() ?? true);
    const { voice } = this;
    if (!isDue || !voice) return { kind: "idle" };
    const beat = this.note(undefined, await voice.heartbeat(this.options.transport, this.timeoutMs()));
    // The next one comes in its time, however this one ended.
    this.lastHeardMs = Date.now();
    return beat.kind === "shipped" ? { kind: "idle" } : beat;
  }

  private timeoutMs(): number {
    return this.settlings.size > 0 ? LAST_ANSWER_MS : REQUEST_TIMEOUT_MS;
  }

  private note(shipper: WriterShipper | undefined, result: StepResult): StepResult {
    for (const settling of this.settlings) settling.note(shipper, result);
    if (shipper) this.tellPassedOver(shipper);
    if (result.kind === "idle") return result;
    if (result.kind === "deleted") {
      this.deleted = `${result.reason}: nothing more is sent; the journal stays`;
      this.hasStopped = true;
      this.options.events.onNotice(`${this.deleted}. Restore the instance on the platform to send it with: ava-sdk sync`);
      return result;
    }
    if (result.kind === "failed") {
      if (!result.isOwn) this.failures += 1;
      if (this.trouble === undefined) this.options.events.onTrouble(result.reason);
      this.trouble = result.reason;
      this.troubled = result.isOwn ? shipper : undefined;
      return result;
    }
    this.failures = 0;
    this.lastHeardMs = Date.now();
    this.pauseMs = Math.max(POLL_MS, result.pauseMs ?? 0);
    this.recover(shipper);
    if (result.stop && !this.hasAskedToStop) {
      this.hasAskedToStop = true;
      this.options.events.onStop(result.stop.reason);
    }
    return result;
  }

  /** That others go on does not mean that the trouble of one is over. */
  private recover(shipper: WriterShipper | undefined): void {
    if (this.trouble === undefined || (this.troubled !== undefined && this.troubled !== shipper)) return;
    this.options.events.onRecovered();
    this.trouble = undefined;
    this.troubled = undefined;
  }

  private tellPassedOver({ passedOver: { reason } }: WriterShipper): void {
    if (reason === undefined || this.toldReasons.has(reason) || this.toldReasons.size >= MOST_TOLD) return;
    this.toldReasons.add(reason);
    this.options.events.onNotice(`records that the platform does not take are left out and counted: ${reason}`);
  }
}
