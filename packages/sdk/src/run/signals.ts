import { constants } from "node:os";
import type { GroupChild } from "./child.js";
import { Suspension } from "./suspension.js";

/** Signals that are handed on to the child. After those that ask it to end, it is killed when the grace is over. */
const FORWARDED: readonly NodeJS.Signals[] = [
  "SIGINT",
  "SIGTERM",
  "SIGQUIT",
  "SIGHUP",
  "SIGUSR1",
  "SIGUSR2",
  "SIGALRM",
  "SIGTSTP",
  "SIGCONT",
  "SIGWINCH",
];
const ENDING: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGQUIT"];

/** What stopped the child. */
export type StoppedBy = "signal" | "platform" | "grace";

/** Hands signals on to a child's process group, from before it starts until it has ended. */
export class SignalForwarder {
  /** What stopped the child last. */
  stoppedBy: StoppedBy | undefined;
  private readonly graceMs: number;
  private readonly isIgnored: (signal: NodeJS.Signals) => boolean;
  private readonly suspension: Suspension;
  private readonly handlers = new Map<NodeJS.Signals, () => void>();
  private readonly early: NodeJS.Signals[] = [];
  private child: GroupChild | undefined;
  private hardKill: NodeJS.Timeout | undefined;
  private onLateSignal: (() => void) | undefined;

  /**
   * @param graceMs - time from a signal that asks to end until SIGKILL
   * @param ignored - numbers of the signals that were ignored when we started: the command may catch them, but they end nothing
   */
  constructor(graceMs: number, ignored: readonly number[] = []) {
    this.graceMs = graceMs;
    this.isIgnored = (signal) => ignored.includes(constants.signals[signal]);
    this.suspension = new Suspension(() => this.handlers.get("SIGTSTP"));
    changeMaxListeners(1);
    for (const signal of FORWARDED) {
      const handler = () => this.forward(signal);
      this.handlers.set(signal, handler);
      process.on(signal, handler);
    }
  }

  /** Gives the signals that came so far, and those to come, to the child. @param child - just started */
  attach(child: GroupChild): void {
    this.child = child;
    for (const signal of this.early.splice(0)) this.forward(signal);
  }

  /** Asks the child to end because the platform was asked to stop the run. @param signal - what it saves on */
  stopForPlatform(signal: NodeJS.Signals): void {
    this.end(signal, "platform");
  }

  /**
   * The child has ended; no process is killed any more.
   *
   * @param onLateSignal - called when a signal now asks us to end
   */
  childEnded(onLateSignal: () => void): void {
    clearTimeout(this.hardKill);
    this.onLateSignal = onLateSignal;
  }

  /** Signals have their usual effect on us again. */
  close(): void {
    clearTimeout(this.hardKill);
    for (const [signal, handler] of this.handlers) process.off(signal, handler);
    changeMaxListeners(-1);
  }

  private forward(signal: NodeJS.Signals): void {
    if (signal === "SIGTSTP" && (this.onLateSignal || !this.child)) return this.suspension.suspend(undefined);
    if (this.onLateSignal) {
      if (ENDING.includes(signal) && !this.isIgnored(signal)) this.onLateSignal();
    } else if (!this.child) this.early.push(signal);
    else if (signal === "SIGTSTP" && !this.isIgnored(signal)) this.suspension.suspend(this.child);
    else if (signal === "SIGCONT") this.suspension.resume(this.child);
    else if (ENDING.includes(signal) && !this.isIgnored(signal)) this.end(signal, "signal");
    else this.child.signalGroup(signal);
  }

  private end(signal: NodeJS.Signals, by: StoppedBy): void {
    this.stoppedBy ??= by;
    this.child?.signalGroup(signal);
    this.hardKill ??= setTimeout(() => {
      if (this.child?.signalGroup("SIGKILL")) this.stoppedBy = "grace";
    }, this.graceMs);
  }
}

/** Many children at once are not a leak, of which Node would warn from eleven on; 0 means that it never does. */
function changeMaxListeners(by: 1 | -1): void {
  if (process.getMaxListeners() > 0) process.setMaxListeners(process.getMaxListeners() + by);
}
