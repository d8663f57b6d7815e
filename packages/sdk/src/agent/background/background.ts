import { Worker } from "node:worker_threads";
import type { Background, LastWords, ShippingEnd } from "../../record/background.js";
import type { BackgroundMessage, BackgroundStart, DrainRequest, SnapshotWaits } from "./messages.js";

/** What the shipper tells the run. */
export interface BackgroundEvents {
  onTrouble(reason: string): void;
  onRecovered(): void;
  onStop(reason: string): void;
  /** A word for the user. */
  onNotice(message: string): void;
  /** Something that the user has to put right. */
  onWarning(message: string): void;
  /** A snapshot is stored, verified and registered. */
  onRegistered(snapshot: { id: string; model: string; url: string }): void;
  /** A snapshot was given up. */
  onGivenUp(snapshot: { id: string; message: string }): void;
}

const NOTHING_KNOWN = { refusedRecords: 0, snapshots: { waiting: 0, unregistered: 0, givenUp: 0 } };

/** Added to the drain's deadline before the thread itself is given up. */
const THREAD_GRACE_MS = 2_500;

/** The run's handle of its background thread. A thread that fails leaves the journal as it is. */
export class BackgroundThread implements Background {
  private readonly worker: Worker | undefined;
  private readonly events: BackgroundEvents;
  private holders = 0;
  private ended: ShippingEnd | undefined;
  private onEnd: ((end: ShippingEnd) => void) | undefined;

  /**
   * Starts shipping.
   *
   * @param start - what to ship, and where to
   * @param events - told on this thread, when its event loop runs
   */
  constructor(start: BackgroundStart, events: BackgroundEvents) {
    this.events = events;
    try {
      // No loaders or flags of the training's process; its environment is not needed either.
      this.worker = new Worker(new URL("./background-thread.js", import.meta.url), {
        workerData: start,
        execArgv: [],
        name: "ava-background",
      });
    } catch (error) {
      this.fail(error as Error);
      return;
    }
    this.worker.on("message", (message: BackgroundMessage) => this.receive(message));
    this.worker.on("error", (error) => this.fail(error));
    this.worker.on("exit", () => this.end({ isComplete: false, reason: "the shipper ended", ...NOTHING_KNOWN }));
    // Last: a listener holds the process again, and a training that does not call done() must end all the same.
    this.worker.unref();
  }

  holdProcess(work: Promise<unknown>, timeoutMs: number): void {
    this.holders += 1;
    this.worker?.ref();
    let isOver = false;
    const release = () => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      this.holders -= 1;
      if (this.holders === 0) this.worker?.unref();
    };
    const timer = setTimeout(release, timeoutMs).unref();
    work.then(release, release);
  }

  /** A snapshot waits in the run's folder. */
  snapshotWaits(): void {
    const message: SnapshotWaits = { kind: "snapshot" };
    this.worker?.postMessage(message);
  }

  async drain(timeoutMs: number, snapshotTimeoutMs: number, lastWords: LastWords): Promise<ShippingEnd> {
    if (!this.ended) {
      const nowMs = Date.now();
      const request: DrainRequest = {
        kind: "drain",
        deadlineMs: nowMs + timeoutMs,
        snapshotDeadlineMs: nowMs + snapshotTimeoutMs,
        lastWords,
      };
      this.worker?.ref();
      this.worker?.postMessage(request);
      const timer = setTimeout(
        () => this.end({ isComplete: false, reason: "the shipper did not answer in time", ...NOTHING_KNOWN }),
        snapshotTimeoutMs + THREAD_GRACE_MS,
      );
      await new Promise<ShippingEnd>((resolve) => {
        this.onEnd = resolve;
      });
      clearTimeout(timer);
    }
    await this.worker?.terminate();
    return this.ended as ShippingEnd;
  }

  private receive(message: BackgroundMessage): void {
    switch (message.kind) {
      case "trouble":
        return this.events.onTrouble(message.reason);
      case "recovered":
        return this.events.onRecovered();
      case "stop":
        return this.events.onStop(message.reason);
      case "notice":
        return this.events.onNotice(message.message);
      case "warning":
        return this.events.onWarning(message.message);
      case "registered":
        return this.events.onRegistered(message);
      case "given_up":
        return this.events.onGivenUp(message);
      case "drained": {
        const { isComplete, reason, refusedRecords, snapshots } = message;
        return this.end({ isComplete, refusedRecords, snapshots, ...(reason === undefined ? {} : { reason }) });
      }
    }
  }

  private fail(error: Error): void {
    if (!this.ended) this.events.onTrouble(`the shipper failed: ${error.message}`);
    this.end({ isComplete: false, reason: `the shipper failed: ${error.message}`, ...NOTHING_KNOWN });
  }

  private end(end: ShippingEnd): void {
    this.ended ??= end;
    this.onEnd?.(this.ended);
  }
}
