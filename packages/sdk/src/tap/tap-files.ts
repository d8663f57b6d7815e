import { runLayout } from "../place/workspace/layout.js";
import { RunFileSender } from "../ship/run-files.js";
import type { Settled } from "../ship/settling.js";
import type { TapConfig } from "./tap-config.js";

/** How often it is looked for files to send while the command runs. */
const LOOK_MS = 10_000;
/** Longest time for the files of one look: the next one goes on. */
const MOST_LOOK_MS = 600_000;

/** Sends files of the tapped instances to the platform, beside their records. */
export class TapFiles {
  private readonly config: TapConfig;
  private readonly ids: () => Iterable<string>;
  private readonly senders = new Map<string, RunFileSender>();
  private readonly timer: NodeJS.Timeout;

  /** Begins to send. @param config - of the tap @param ids - of the instances that clients told of */
  constructor(config: TapConfig, ids: () => Iterable<string>) {
    this.config = config;
    this.ids = ids;
    let isSending = false;
    this.timer = setInterval(async () => {
      if (isSending) return;
      isSending = true;
      // What could not be sent is tried again, and told at the end.
      await this.send(Date.now() + MOST_LOOK_MS);
      isSending = false;
    }, LOOK_MS);
    this.timer.unref();
  }

  /** Sends what the platform does not have. @param deadlineMs - in ms since 1970 @returns what became of it */
  async send(deadlineMs: number): Promise<Settled> {
    const ends = await Promise.all([...new Set(this.ids())].map((id) => this.senderOf(id).send(deadlineMs)));
    return ends.find(({ isComplete }) => !isComplete) ?? { isComplete: true };
  }

  /** The last time. @param deadlineMs - in ms since 1970 @returns what became of it */
  close(deadlineMs: number): Promise<Settled> {
    clearInterval(this.timer);
    return this.send(deadlineMs);
  }

  private senderOf(id: string): RunFileSender {
    const { workspace, platformUrl, platformToken } = this.config;
    const settings = { platformUrl, ...(platformToken === undefined ? {} : { token: platformToken }) };
    const sender = this.senders.get(id) ?? new RunFileSender(runLayout(workspace, id).base, id, settings);
    this.senders.set(id, sender);
    return sender;
  }
}
