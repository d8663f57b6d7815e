import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import type { Socket } from "node:net";
import { RELAY_NAME } from "../machine/system/proc/process-tree.js";

/**
 * Waits for the end of a pipe that we alone hold, and copies the output then. A `cat` that cannot write (a full disk, a terminal that is gone: code 1) has
 * dropped a piece, and the next one goes on; one whose reader is gone dies by SIGPIPE.
 */
const SCRIPT = 'trap "" HUP INT QUIT TERM TSTP TTIN TTOU USR1 USR2; read -r _ <&3; exec 3<&-; until cat; do [ $? -eq 1 ] || exit; done';

/** Relays in a row that may be killed before we do without one. */
const MOST_RELAYS = 20;

/**
 * A shell of a megabyte that holds the reading end of a child's output as well. While this process lives it only waits. When this process is killed, the
 * child does not notice it (SIGPIPE): the shell copies its output from then on.
 */
export class Relay {
  private readonly fromFd: number;
  private readonly toFd: number;
  private child: ChildProcess | undefined;
  private isOver = false;
  private started = 0;

  /**
   * Starts the relay; where that fails there is none, and the run goes on.
   *
   * @param fromFd - reading end of a pipe; is closed at the end
   * @param toFd - 1 or 2
   */
  constructor(fromFd: number, toFd: number) {
    this.fromFd = fromFd;
    this.toFd = toFd;
    this.start();
  }

  /** Whether it would take over. */
  get isRunning(): boolean {
    return this.child?.exitCode === null && this.child.signalCode === null;
  }

  /** Has it copy from now on, to the end of the output. */
  release(): void {
    this.end();
    this.lifeline()?.destroy();
  }

  /** Ends it: the output has no reader any more. */
  kill(): void {
    this.end();
    this.child?.kill("SIGKILL");
  }

  private end(): void {
    if (!this.isOver) closeSync(this.fromFd);
    this.isOver = true;
  }

  private start(): void {
    this.started += 1;
    try {
      // A session of its own: what a terminal sends its jobs is not for it. Its folder holds no disk.
      const child = spawn("/bin/sh", ["-c", SCRIPT, RELAY_NAME], {
        stdio: [this.fromFd, this.toFd, "ignore", "pipe"],
        detached: true,
        cwd: "/",
      });
      child.once("error", () => {
        this.child = undefined;
      });
      child.once("exit", () => {
        if (!this.isOver && this.started < MOST_RELAYS) this.start();
      });
      child.unref();
      this.child = child;
      this.lifeline()?.unref();
      this.lifeline()?.on("error", () => undefined);
    } catch {
      // No process to be had: the run goes on without one.
      this.child = undefined;
    }
  }

  private lifeline(): Socket | undefined {
    return (this.child?.stdio[3] as Socket | null | undefined) ?? undefined;
  }
}
