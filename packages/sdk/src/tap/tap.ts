import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { TAP_NAME } from "../machine/system/proc/process-tree.js";
import type { TapConfig, TapMessage, TapOrder } from "./tap-config.js";

/** A tap that dies sooner than this after its start will do so again. */
const SHORT_LIFE_MS = 1_000;
/** Short lives in a row after which the tap is given up. */
const MOST_SHORT_LIVES = 5;
/** Longest wait for its process: the command waits, too. */
const MOST_START_MS = 5_000;
/** Before the next start after a short life. */
const PAUSE_MS = 200;

/** Told what the tap does; must not throw. */
export interface TapEvents {
  /** A client's run has joined the wrapped instance. */
  onJoined(dialect: string): void;
  onNotice(message: string): void;
  onWarning(message: string): void;
}

/** How the tap's shipping ended. */
export interface TapEnd {
  isComplete: boolean;
  reason?: string;
}

/**
 * The tap of a run: a process of its own, in a session of its own, that answers on one port of the loopback. It lives until the last descendant of the command has
 * ended, also when this process is killed; when it is killed itself, it is started again on the same port.
 */
export class Tap {
  private readonly config: TapConfig;
  private readonly events: TapEvents;
  private port = 0;
  private child: ChildProcess | undefined;
  private shortLives = 0;
  private isOver = false;
  /** It has not answered yet. */
  private isOpening = true;
  private closed: TapEnd | undefined;
  private onListening: (() => void) | undefined;
  private onEnd: (() => void) | undefined;

  private constructor(config: TapConfig, events: TapEvents) {
    this.config = config;
    this.events = events;
  }

  /** Where clients find it. */
  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /**
   * Opens a tap.
   *
   * @param config - of the tap
   * @param events - told what it does
   * @returns the tap; it answers
   * @throws Error where no process can be had, or it does not answer
   */
  static async open(config: TapConfig, events: TapEvents): Promise<Tap> {
    const tap = new Tap(config, events);
    const untilMs = Date.now() + MOST_START_MS;
    for (;;) {
      try {
        await tap.start();
        tap.isOpening = false;
        return tap;
      } catch (error) {
        tap.child?.kill("SIGKILL");
        // It may have been killed as it started.
        if (Date.now() > untilMs) throw error;
        await wait(PAUSE_MS);
      }
    }
  }

  /**
   * The command has ended: waits until the tap has shipped what it has up to now.
   *
   * @param deadlineMs - in ms since 1970
   */
  async end(deadlineMs: number): Promise<TapEnd> {
    this.isOver = true;
    const ended = new Promise<void>((resolve) => {
      this.onEnd = resolve;
    });
    this.order({ kind: "ended", deadlineMs });
    await Promise.race([ended, wait(Math.max(0, deadlineMs - Date.now()) + PAUSE_MS, undefined, { ref: true })]);
    if (this.child?.connected) this.child.disconnect();
    return this.closed ?? { isComplete: false, reason: "the tap gives no answer" };
  }

  private async start(): Promise<void> {
    const startMs = Date.now();
    const file = fileURLToPath(new URL("./tap-process.js", import.meta.url));
    const { NODE_OPTIONS: _, ...env } = process.env;
    const child = spawn(process.execPath, [file, TAP_NAME], {
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      detached: true,
      cwd: "/",
      env,
    });
    this.child = child;
    child.on("message", (message: TapMessage) => this.receive(message));
    child.once("exit", () => void this.restart(Date.now() - startMs));
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error("its process does not answer")), MOST_START_MS);
      this.onListening = () => {
        clearTimeout(late);
        resolve();
      };
      child.once("error", reject);
      child.once("exit", () => reject(new Error("its process ended")));
      this.order({ kind: "start", config: this.config, port: this.port });
    });
    child.on("error", () => undefined);
    // Neither is to keep this process.
    child.unref();
    child.channel?.unref();
  }

  private async restart(livedMs: number): Promise<void> {
    this.onEnd?.();
    if (this.isOver || this.isOpening) return;
    this.shortLives = livedMs < SHORT_LIFE_MS ? this.shortLives + 1 : 0;
    if (this.shortLives >= MOST_SHORT_LIVES)
      return this.events.onWarning("the tap for other trackers' clients ends at once, and is not started again");
    if (this.shortLives > 0) await wait(PAUSE_MS);
    try {
      await this.start();
    } catch (error) {
      this.events.onWarning(`the tap for other trackers' clients cannot be started again: ${(error as Error).message}`);
    }
  }

  private receive(message: TapMessage): void {
    if (message.kind === "listening") {
      this.port = message.port;
      this.onListening?.();
    } else if (message.kind === "joined") this.events.onJoined(message.dialect);
    else if (message.kind === "notice") this.events.onNotice(message.message);
    else {
      const { isComplete, reason } = message;
      this.closed = { isComplete, ...(reason === undefined ? {} : { reason }) };
      this.onEnd?.();
    }
  }

  private order(order: TapOrder): void {
    if (this.child?.connected) this.child.send(order, () => undefined);
    else this.onEnd?.();
  }
}
