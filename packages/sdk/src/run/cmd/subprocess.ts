import { ConsoleReader } from "../../console/terminal/console-reader.js";
import { emitLibraryWarning } from "../../place/notices/notices.js";
import type { PipedChild } from "../child.js";
import { Outlet } from "../outlet.js";
import { passThrough } from "../pass-through.js";
import type { SignalForwarder } from "../signals.js";
import { HookRunner, type LogHook } from "./hook-runner.js";
import { LineQueue } from "./line-queue.js";

/** After the child's end: how long slow hooks may still work on the lines that wait. */
const LAST_LINES_MS = 10_000;

/** What became of the lines of a child, over all of its hooks. */
export interface LogResult {
  /** Calls of hooks that threw or were rejected. */
  failures: number;
  /** Lines that hooks were too slow for. */
  dropped: number;
}

/** A child in a process group of its own; its output goes to ours unchanged and at once, also while no code waits for it. */
export class Subprocess implements AsyncDisposable {
  /** Process id, and id of its process group. */
  readonly pid: number;
  private readonly child: PipedChild;
  private readonly graceMs: number;
  private readonly finished: Promise<number>;
  private readonly runners: HookRunner[] = [];
  /** Lines from before the first hooks came. */
  private early: LineQueue | undefined = new LineQueue();
  /** No output comes any more: a text that is still told has no line end. */
  private isAtEnd = false;
  private hasExited = false;

  /**
   * @param child - running
   * @param graceMs - from SIGTERM to SIGKILL when the object is disposed of
   * @param signals - closed when the child has ended
   */
  constructor(child: PipedChild, graceMs: number, signals?: SignalForwarder) {
    this.pid = child.pid;
    this.child = child;
    this.graceMs = graceMs;
    void child.exited.then(() => {
      this.hasExited = true;
      signals?.close();
    });
    this.finished = this.follow();
  }

  /**
   * Waits for the end of the child. Its output is written then, and log hooks have had its lines (slow ones within ten seconds).
   *
   * @returns exit code, 128 + n for signal n
   */
  async wait(): Promise<number> {
    const exitCode = await this.finished;
    await this.settle();
    return exitCode;
  }

  /**
   * Sends a signal to the child and all processes that it started.
   *
   * @param signal - which one
   * @returns false when the child has ended
   */
  kill(signal: NodeJS.Signals = "SIGTERM"): boolean {
    return !this.hasExited && this.child.signalGroup(signal);
  }

  /**
   * Gives hooks the lines of the output: those since the start when they are the first hooks, else those from now on.
   *
   * @param hooks - called with each line
   * @returns at the end of the output, when the hooks have had it; never rejects
   */
  async log(hooks: readonly LogHook[]): Promise<LogResult> {
    const first = this.runners.length + 1;
    const early = this.early;
    this.early = undefined;
    for (const [index, hook] of hooks.entries()) {
      const name = hook.name ? `'${hook.name}'` : `#${first + index}`;
      this.runners.push(new HookRunner(hook, name, early?.copy() ?? new LineQueue(), emitLibraryWarning));
    }
    this.runHooks();
    await this.finished;
    return this.settle();
  }

  /** `await using`: ends the child if it still runs, SIGTERM first, SIGKILL after the grace, and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("SIGTERM");
    const timer = setTimeout(() => this.kill("SIGKILL"), this.graceMs);
    await this.child.exited;
    clearTimeout(timer);
    await this.wait();
  }

  private async follow(): Promise<number> {
    const { stdout, stderr, exited } = this.child;
    const readers = [0, 1].map(() => new ConsoleReader((line) => this.take(line))) as [ConsoleReader, ConsoleReader];
    const read = (reader: ConsoleReader) => (chunk: Uint8Array) => {
      if (this.early === undefined && this.runners.length === 0) return;
      reader.write(chunk);
      this.runHooks();
    };
    await Promise.all([
      passThrough(stdout, new Outlet(1), read(readers[0]), exited),
      stderr && passThrough(stderr, new Outlet(2), read(readers[1]), exited),
    ]);
    const { exitCode } = await exited;
    this.isAtEnd = true;
    for (const reader of readers) reader.end();
    this.runHooks();
    return exitCode;
  }

  private take(line: string): void {
    this.early?.push(line, this.isAtEnd);
    for (const runner of this.runners) runner.push(line, this.isAtEnd);
  }

  private runHooks(): void {
    for (const runner of this.runners) runner.run();
  }

  private async settle(): Promise<LogResult> {
    await Promise.all(this.runners.map((runner) => runner.settle(LAST_LINES_MS)));
    return {
      failures: this.runners.reduce((sum, { failures }) => sum + failures, 0),
      dropped: this.runners.reduce((sum, { dropped }) => sum + dropped, 0),
    };
  }
}
