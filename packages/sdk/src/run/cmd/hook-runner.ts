import { setImmediate } from "node:timers/promises";
import type { LineQueue } from "./line-queue.js";

/** Looks at one line of a child's output. */
export interface LogHook {
  /**
   * @param line - one line without its end, or one frame of a progress bar; escape sequences removed
   * @returns nothing, or a promise: then the next line comes when it is settled
   */
  (line: string): unknown;
  /** Called in place of the hook with the last line of an output that ended without a line end: its last word may be half a number. Parameter and result as of the hook. */
  onCutLine?(line: string): unknown;
}

/** Time that a hook may take at one go; then the child's output and signals have their turn. */
const SLICE_MS = 20;

/** Calls one hook, line by line. Whatever the hook does, nothing of it reaches the child or the caller. */
export class HookRunner {
  /** Lines at which the hook threw or its promise was rejected. */
  failures = 0;
  private readonly name: string;
  private readonly hook: LogHook;
  private readonly queue: LineQueue;
  private readonly warn: (message: string) => void;
  private isBusy = false;
  private onIdle: (() => void) | undefined;
  private settled: Promise<void> | undefined;

  /**
   * @param hook - the user's
   * @param name - what warnings call it
   * @param queue - lines that wait already
   * @param warn - told of the first failure, and at the end of what was missed
   */
  constructor(hook: LogHook, name: string, queue: LineQueue, warn: (message: string) => void) {
    this.hook = hook;
    this.name = name;
    this.queue = queue;
    this.warn = warn;
  }

  /** Lines that the hook was too slow for. */
  get dropped(): number {
    return this.queue.dropped;
  }

  /** @param line - for the hook, at the next {@link run} @param isCut - the output ended within it */
  push(line: string, isCut = false): void {
    this.queue.push(line, isCut);
  }

  /** Gives the hook the lines that wait: at once, as far as it gives no promise and the time of one go allows. */
  run(): void {
    if (!this.isBusy) void this.work();
  }

  /**
   * Waits until the hook has had all lines, and says what it missed. What still waits at the end of the time is dropped. To be called
   * when no more lines come; calling it again waits for the same.
   *
   * @param timeoutMs - longest wait
   */
  settle(timeoutMs: number): Promise<void> {
    this.settled ??= this.idle(timeoutMs).then(() => {
      if (this.failures > 1) this.warn(`log hook ${this.name} failed at ${this.failures} lines`);
      if (this.dropped > 0) this.warn(`log hook ${this.name} was too slow: ${this.dropped} lines did not reach it`);
    });
    return this.settled;
  }

  private async idle(timeoutMs: number): Promise<void> {
    if (!this.isBusy) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        this.queue.abandon();
        resolve();
      }, timeoutMs);
      this.onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async work(): Promise<void> {
    this.isBusy = true;
    let endMs = performance.now() + SLICE_MS;
    for (let line = this.queue.shift(); line !== undefined; line = this.queue.shift()) {
      try {
        const answer = this.queue.wasCut && this.hook.onCutLine ? this.hook.onCutLine(line) : this.hook(line);
        if (isPromise(answer)) await answer;
      } catch (error) {
        this.failed(error, line);
      }
      if (performance.now() > endMs) {
        await setImmediate();
        endMs = performance.now() + SLICE_MS;
      }
    }
    this.isBusy = false;
    this.onIdle?.();
  }

  private failed(error: unknown, line: string): void {
    this.failures += 1;
    if (this.failures === 1) {
      this.warn(`log hook ${this.name} failed at the line ${JSON.stringify(line.slice(0, 200))}; it is still called: ${String(error)}`);
    }
  }
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
