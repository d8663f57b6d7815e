import { setTimeout as wait } from "node:timers/promises";
import type { EnvironmentFacts } from "ava-protocol";
import { gitFacts } from "../machine/facts/git.js";
import { runtimeFacts } from "../machine/facts/interpreter.js";
import { machineFacts } from "../machine/facts/machine.js";
import { listPackages } from "../machine/facts/packages.js";
import { NvidiaSmi } from "../machine/system/gpu/nvidia-smi.js";
import { createLinuxReader } from "../machine/system/read-linux.js";
import { createPortableReader } from "../machine/system/read-portable.js";
import { metricsBetween, type Reading, type ReadMachine } from "../machine/system/reading.js";
import type { WatchStart } from "../machine/system/watch.js";
import { JournalWriter } from "../record/journal/journal-writer.js";
import { Recorder } from "../record/recorder.js";
import { isWatchedFromAbove } from "./is-watched.js";

/**
 * Starts to watch, unless a process above does; parameters as of {@link Observer}. Never throws: shipping goes on without a watch.
 *
 * @returns `undefined` when nothing is watched
 */
export function startObserver(...args: ConstructorParameters<typeof Observer>): Observer | undefined {
  const [folder, , start, tell] = args;
  try {
    return isWatchedFromAbove(folder, start.rootPid) ? undefined : new Observer(...args);
  } catch (error) {
    tell(`the machine of this run is not watched: ${(error as Error).message}`);
    return undefined;
  }
}

/**
 * Records the machine of a run, in a journal of its own: facts once, metrics in an interval. It lives in the background thread, so that a
 * training that blocks its own thread is watched all the same.
 */
export class Observer {
  /** Id of its journal's writer. */
  readonly writer: string;
  private readonly start: WatchStart;
  private readonly recorder: Recorder;
  private readonly asking = new AbortController();
  private readonly facts: Promise<unknown>;
  private readonly readMachine: ReadMachine | undefined;
  private readonly gpus: NvidiaSmi | undefined;
  private readonly timer: NodeJS.Timeout | undefined;
  private gpuNames = "";
  private before: Reading | undefined;
  private beforeMs = 0;
  /** Of a clock that cannot be set. */
  private readonly startMs: number;

  /**
   * Starts to watch.
   *
   * @param folder - journal folder of the instance
   * @param instance - id of the instance
   * @param start - what to watch
   * @param tell - says a word to the user
   */
  constructor(folder: string, instance: string, start: WatchStart, tell: (message: string) => void) {
    const { training, labels, intervalMs, workspace, program, rootPid } = start;
    this.start = start;
    this.startMs = performance.now() - (Date.now() - start.startMs);
    const journal = new JournalWriter({ folder, instance, training, isSelfShipped: true, ...(labels ? { labels } : {}) });
    this.writer = journal.writer;
    this.recorder = new Recorder(journal);
    this.recorder.facts(machineFacts());
    this.facts = this.recordFacts();
    if (intervalMs === 0) return;

    const isOwnProcess = program === undefined && rootPid === undefined;
    this.gpus = new NvidiaSmi({ intervalMs, onTrouble: tell });
    // The training may have started this process.
    const exceptPids = () => [this.gpus?.pid, rootPid === undefined ? undefined : process.pid];
    const tree = { rootPid: rootPid ?? process.pid, isRootIncluded: isOwnProcess || rootPid !== undefined, exceptPids };
    this.readMachine = process.platform === "linux" ? createLinuxReader(tree, workspace) : createPortableReader(isOwnProcess, workspace);
    this.before = this.readMachine();
    this.beforeMs = performance.now();
    this.timer = setInterval(() => {
      try {
        this.sample();
      } catch (error) {
        clearInterval(this.timer);
        tell(`system metrics end: ${(error as Error).message}`);
      }
    }, intervalMs);
  }

  /** Ends the watch and closes the journal. @param timeoutMs - longest wait for facts that are still being found out */
  async close(timeoutMs: number): Promise<void> {
    clearInterval(this.timer);
    this.gpus?.close();
    await Promise.race([this.facts, wait(Math.max(0, timeoutMs), undefined, { ref: false })]);
    this.asking.abort();
    this.recorder.close();
  }

  private sample(): void {
    if (!this.readMachine || !this.before) return;
    const after = this.readMachine();
    const nowMs = performance.now();
    const metrics = metricsBetween(this.before, after, (nowMs - this.beforeMs) / 1000);
    [this.before, this.beforeMs] = [after, nowMs];
    const at = { step: Math.round(nowMs - this.startMs) / 1000, timeMs: Date.now() };
    const gpus = this.gpus?.take() ?? [];
    this.recorder.batch(() => {
      this.recorder.points(metrics, at);
      for (const gpu of gpus) this.recorder.points(gpu.metrics, at, { gpu: gpu.index });
    });
    const names = gpus.map(({ name }) => name);
    if (names.length === 0 || names.join() === this.gpuNames) return;
    this.gpuNames = names.join();
    this.recorder.facts({ gpus: names });
  }

  private recordFacts(): Promise<unknown> {
    const { program, workingFolder, hasPackages, rootPid } = this.start;
    const isRuntimeKnown = program !== undefined || rootPid === undefined;
    const { signal } = this.asking;
    const record = (facts: EnvironmentFacts) => {
      if (!signal.aborted) this.recorder.facts(facts);
    };
    // A fact that cannot be found out is absent; nothing else may come of it.
    return Promise.allSettled([
      gitFacts(workingFolder, signal).then((git) => git && record({ git })),
      isRuntimeKnown && runtimeFacts(program, workingFolder, signal).then((runtime) => record({ runtime })),
      hasPackages && listPackages(program, workingFolder, signal).then((packages) => packages && record({ packages })),
    ]);
  }
}
