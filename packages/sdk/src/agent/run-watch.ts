import { statSync } from "node:fs";
import type { Labels } from "ava-protocol";
import { fateOf, type MarkedProcess } from "../machine/is-alive.js";
import { checkIntervalMs, type WatchOptions } from "../machine/system/watch.js";
import { type Observer, startObserver } from "./observer.js";

/** A process of the training that wants its machine watched. */
export interface WatchedProcess extends WatchOptions {
  process: MarkedProcess;
  program?: string;
  workingFolder?: string;
  labels?: Labels;
}

/** Where the watch writes, and what of. */
export interface RunWatchOptions {
  /** Journal folder of the run. */
  folder: string;
  instance: string;
  training: string;
  workspace: string;
  tell: (message: string) => void;
}

/** Longest wait for facts that are still being found out when the watch ends. */
const FACTS_WAIT_MS = 2_000;

/** Watches the machine of a run for its processes: one watch for each set of labels, as every rank of a distributed training has one. */
export class RunWatch {
  private readonly options: RunWatchOptions;
  private readonly watches = new Map<string, { observer: Observer; process: MarkedProcess }>();
  private readonly own = new Set<string>();
  private readonly endings = new Set<Promise<unknown>>();

  /** @param options - where it writes */
  constructor(options: RunWatchOptions) {
    this.options = options;
  }

  /** @param writer - id of a journal's writer @returns whether it is ours and open */
  isOwn(writer: string): boolean {
    return this.own.has(writer);
  }

  /** Starts to watch, unless a process with these labels is watched already. @param watched - root of a tree of processes */
  start(watched: WatchedProcess): void {
    const { labels = {}, process, program, workingFolder } = watched;
    const key = JSON.stringify(labels);
    if (this.watches.has(key) || fateOf(process) !== "alive") return;
    const { folder, instance, training, workspace, tell } = this.options;
    const start = {
      training,
      // That of the run, so that an agent which takes over goes on counting.
      startMs: startOf(folder),
      workspace,
      workingFolder: workingFolder ?? workspace,
      intervalMs: intervalOf(watched, tell),
      hasPackages: watched.packages ?? false,
      rootPid: process.pid,
      ...(program ? { program } : {}),
      ...(watched.labels ? { labels } : {}),
    };
    const observer = startObserver(folder, instance, start, tell);
    if (!observer) return;
    this.watches.set(key, { observer, process });
    this.own.add(observer.writer);
  }

  /** Ends the watch over processes that have ended. */
  async closeEnded(): Promise<void> {
    await Promise.all([...this.watches].map(([key, { process }]) => (fateOf(process) === "alive" ? undefined : this.end(key))));
  }

  /** Ends every watch, and waits for those that are ending. */
  async close(): Promise<void> {
    await Promise.all([...[...this.watches.keys()].map((key) => this.end(key)), ...this.endings]);
  }

  private async end(key: string): Promise<void> {
    const observer = this.watches.get(key)?.observer;
    this.watches.delete(key);
    if (!observer) return;
    const ending = observer.close(FACTS_WAIT_MS).finally(() => {
      this.own.delete(observer.writer);
      this.endings.delete(ending);
    });
    this.endings.add(ending);
    await ending;
  }
}

function startOf(folder: string): number {
  const birthMs = statSync(folder, { throwIfNoEntry: false })?.birthtimeMs ?? 0;
  // Some file systems know no time of birth.
  return birthMs > 0 ? Math.min(birthMs, Date.now()) : Date.now();
}

function intervalOf(watched: WatchOptions, tell: (message: string) => void): number {
  try {
    return checkIntervalMs(watched);
  } catch (error) {
    tell((error as Error).message);
    return checkIntervalMs({});
  }
}
