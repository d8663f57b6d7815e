import { setTimeout as wait } from "node:timers/promises";
import { backoffMs } from "./backoff.js";
import type { Transport } from "./transport.js";
import type { StepResult, WriterShipper } from "./writer-shipper.js";

/** Pause after everything is shipped: how old the newest point in the portal is at most, on a fast network. */
const POLL_MS = 250;
/** A run that says nothing is still heard this often; the platform calls it lost after a minute. */
const HEARTBEAT_MS = 15_000;
/** For one request: a slow platform gets its time, since nobody waits for it. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Longest wait for one answer while the run waits to end: a platform that hangs is not to hold the training's exit code back. */
const LAST_ANSWER_MS = 3_000;

/** What the loop tells the run. */
export interface ShipLoopEvents {
  /** The platform does not take records; told once until it does again. */
  onTrouble(reason: string): void;
  /** It takes records again. */
  onRecovered(): void;
  /** Somebody asked the run to stop. */
  onStop(reason: string): void;
}

/** How a drain ended. */
export interface Drained {
  /** Everything in the journal is acknowledged. */
  isComplete: boolean;
  reason?: string;
}

/** Ships the journals of one process for as long as it lives: batches, heartbeats, back-off. */
export class ShipLoop {
  private readonly shippers: readonly WriterShipper[];
  private readonly own: readonly [WriterShipper, ...WriterShipper[]];
  private readonly transport: Transport;
  private readonly events: ShipLoopEvents;
  private readonly wake = new AbortController();
  private failures = 0;
  private lastHeardMs = Date.now();
  private hasAskedToStop = false;
  private trouble: string | undefined;

  /**
   * @param own - shippers of this process's journals, which are still written to
   * @param others - shippers of journals that dead processes of the same instance left
   * @param transport - way to the platform
   * @param events - what to tell the run
   */
  constructor(
    own: readonly [WriterShipper, ...WriterShipper[]],
    others: readonly WriterShipper[],
    transport: Transport,
    events: ShipLoopEvents,
  ) {
    this.own = own;
    this.shippers = [...others, ...own];
    this.transport = transport;
    this.events = events;
  }

  /** Ships until {@link drain} is called. */
  async run(): Promise<void> {
    while (!this.wake.signal.aborted) {
      const result = await this.round(REQUEST_TIMEOUT_MS);
      if (result.kind === "shipped") continue;
      const pauseMs = result.kind === "idle" ? POLL_MS : Math.max(backoffMs(this.failures), result.retryAfterMs ?? 0);
      // Ends early, by intention, when the run ends.
      await wait(pauseMs, undefined, { signal: this.wake.signal }).catch(() => undefined);
    }
  }

  /**
   * Ends {@link run} after its request in flight, and ships what is left. A platform that was in trouble gets one more try.
   *
   * @param deadlineMs - when to give up, in milliseconds since 1970
   */
  async drain(running: Promise<void>, deadlineMs: number): Promise<Drained> {
    this.wake.abort();
    const wasInTrouble = this.failures > 0;
    const patienceMs = Math.min(LAST_ANSWER_MS, deadlineMs - Date.now());
    const isInTime = await Promise.race([running.then(() => true), wait(Math.max(0, patienceMs), false)]);
    if (!isInTime) return { isComplete: false, reason: "no answer from the platform in time" };
    for (;;) {
      const leftMs = deadlineMs - Date.now();
      if (leftMs <= 0) return { isComplete: false, reason: this.trouble ?? "the time for the last records ran out" };
      const result = await this.round(Math.min(leftMs, LAST_ANSWER_MS), true);
      if (result.kind === "idle") return { isComplete: true };
      if (result.kind !== "failed") continue;
      if (wasInTrouble || this.failures > 1) return { isComplete: false, reason: result.reason };
      await wait(Math.min(leftMs, backoffMs(1)));
    }
  }

  private async round(timeoutMs: number, isWriterGone = false): Promise<StepResult> {
    let result: StepResult = { kind: "idle" };
    for (const shipper of this.shippers) {
      const one = await shipper.step(this.transport, timeoutMs, isWriterGone || !this.own.includes(shipper));
      if (one.kind === "failed") return this.note(one);
      if (one.kind === "shipped") result = this.note(one);
    }
    if (result.kind === "idle" && !isWriterGone && Date.now() - this.lastHeardMs > HEARTBEAT_MS) {
      const beat = this.note(await this.own[0].heartbeat(this.transport, timeoutMs));
      if (beat.kind === "failed") return beat;
    }
    return result;
  }

  private note(result: StepResult): StepResult {
    if (result.kind === "failed") {
      this.failures += 1;
      if (this.trouble === undefined) this.events.onTrouble(result.reason);
      this.trouble = result.reason;
      return result;
    }
    this.failures = 0;
    this.lastHeardMs = Date.now();
    if (this.trouble !== undefined) this.events.onRecovered();
    this.trouble = undefined;
    if (result.kind === "shipped" && result.stop && !this.hasAskedToStop) {
      this.hasAskedToStop = true;
      this.events.onStop(result.stop.reason);
    }
    return result;
  }
}
