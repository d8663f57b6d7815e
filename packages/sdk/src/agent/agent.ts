import { hostname } from "node:os";
import type { Duplex } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import { AttendedRun, type RunPlace } from "./attended-run.js";
import type { Attendance } from "./client.js";
import { Session } from "./session.js";

/** How an agent is run. */
export interface AgentOptions {
  version: string;
  /** What `hello` has to give. */
  token?: string;
  /** Do not end when there is nothing to do. */
  shouldStay?: boolean;
  /** Time to wait for the first client. */
  firstClientMs: number;
  /** Writes a line to the agent's own log. */
  log: (message: string) => void;
}

/** How often it is looked whether processes have ended. */
const TICK_MS = 500;
/** A client that comes right after another, as scripts in a row do, finds the agent. */
const LINGER_MS = 2_000;
/** Longest work for a run that no client needs any more; what is left then waits for the next agent, or a sync. */
const DRAIN_MS = 600_000;

/** Attends runs for its clients, as long as there are any. */
export class Agent implements Attendance {
  readonly options: AgentOptions;
  readonly host: string = hostname();
  private readonly sessions = new Set<Session>();
  private readonly runs = new Map<string, AttendedRun>();
  private readonly draining = new Set<AttendedRun>();
  private readonly ending = new AbortController();
  private quietSinceMs: number;
  private lastWords = "";

  /** @param options - how it is run */
  constructor(options: AgentOptions) {
    this.options = options;
    this.quietSinceMs = Date.now() + options.firstClientMs - LINGER_MS;
  }

  /** @param stream - to and from a new client */
  serve(stream: Duplex): void {
    const session = new Session(this, stream, () => {
      this.sessions.delete(session);
      this.quietSinceMs = Date.now();
    });
    this.sessions.add(session);
  }

  attend(key: string, place: () => RunPlace): AttendedRun {
    const known = this.runs.get(key);
    if (known) return known;
    const run = new AttendedRun(place());
    this.runs.set(key, run);
    return run;
  }

  /** Works until there is nothing left to do, or {@link end} is called. */
  async run(): Promise<void> {
    while (!this.ending.signal.aborted && !this.isDone) {
      // Ends early, by intention, when the agent is asked to end.
      await wait(TICK_MS, undefined, { signal: this.ending.signal }).catch(() => undefined);
      for (const [key, run] of this.runs) this.lookAfter(key, run);
    }
  }

  /** Ends {@link run}. */
  end(): void {
    this.ending.abort();
  }

  /** Whether no client came since {@link run} ended. */
  get isDone(): boolean {
    if (this.sessions.size > 0 || this.runs.size > 0 || this.options.shouldStay) return false;
    return Date.now() - this.quietSinceMs > LINGER_MS;
  }

  /** Says goodbye to all clients, ships what can be shipped in the time that is left, and lets go of every run. @param timeoutMs - for that */
  async close(timeoutMs: number): Promise<void> {
    for (const session of this.sessions) session.close();
    await Promise.race([Promise.all([...this.runs.values()].map((run) => run.drain(timeoutMs))), wait(timeoutMs)]);
    await Promise.race([Promise.all([...this.runs.values()].map((run) => run.close())), wait(500)]);
  }

  private lookAfter(key: string, run: AttendedRun): void {
    run.tick().catch((error: Error) => this.say(run, error));
    if (run.isNeeded || this.draining.has(run)) return;
    this.draining.add(run);
    void this.letGo(key, run)
      .catch((error: Error) => this.say(run, error))
      .finally(() => this.draining.delete(run));
  }

  /** A disk that went away fails at every look, and is told once. */
  private say(run: AttendedRun, { message }: Error): void {
    const words = `${run.place.instance}: ${message}`;
    if (words !== this.lastWords) this.options.log(words);
    this.lastWords = words;
  }

  private async letGo(key: string, run: AttendedRun): Promise<void> {
    await run.drain(DRAIN_MS);
    // A client came in the meantime.
    if (run.isNeeded) return;
    this.runs.delete(key);
    await run.close();
    this.quietSinceMs = Date.now();
  }
}
