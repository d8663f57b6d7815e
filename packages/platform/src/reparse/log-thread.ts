import { Worker } from "node:worker_threads";
import { PlatformError } from "../error.js";
import type { LogEnd, LogPiece, ReadFailure, ReadRows, ThreadOptions } from "./messages.js";

/** Memory of the thread: rules that need more end it, not the platform. */
const HEAP_MB = 512;

/** Reads a log in a thread of its own. One message is on its way at a time, so that memory holds one piece of the log. */
export class LogThread {
  private readonly worker: Worker;
  private failure: PlatformError | undefined;
  private waiting: { resolve: (rows: ReadRows) => void; reject: (error: PlatformError) => void } | undefined;

  /** @param options - checked rules */
  constructor(options: ThreadOptions) {
    this.worker = new Worker(new URL("./read-thread.js", import.meta.url), {
      workerData: options,
      execArgv: [],
      name: "ava-reparse",
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    this.worker.on("message", (message: ReadRows | ReadFailure) => {
      if ("badRule" in message) this.fail(new PlatformError("bad_request", `${message.badRule}. Nothing was added.`));
      else this.settle(({ resolve }) => resolve(message));
    });
    this.worker.on("error", (cause) => this.fail(new PlatformError("internal", `The log could not be read: ${cause.message}`, { cause })));
    this.worker.on("exit", () => this.fail(new PlatformError("stopping", "The platform is stopping. Send it again later.")));
  }

  /**
   * @param message - what follows in the log
   * @returns what it told
   * @throws PlatformError `bad_request` when a rule took too long
   */
  read(message: LogPiece | LogEnd): Promise<ReadRows> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      if (this.failure === undefined) this.worker.postMessage(message);
      else this.settle(() => reject(this.failure));
    });
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    await this.worker.terminate();
  }

  private fail(error: PlatformError): void {
    this.failure ??= error;
    this.settle(({ reject }) => reject(error));
  }

  private settle(how: (waiting: NonNullable<LogThread["waiting"]>) => void): void {
    const { waiting } = this;
    this.waiting = undefined;
    if (waiting !== undefined) how(waiting);
  }
}
