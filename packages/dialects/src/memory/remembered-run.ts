import { type InstanceFacts, seriesKey } from "ava-protocol";
import type { Once, RunKey, RunRecord, RunView } from "../ports.js";
import { keepOnce, type MemoryEntry } from "./memory-entry.js";
import { PointColumn } from "./point-column.js";

/** Prints of the newest records of a run: a client repeats what it sent within minutes, and a request of wandb's holds 100,000 lines at most. */
const MOST_PRINTS = 200_000;

/** One run of a client, as far as it passed through. */
export class RememberedRun {
  readonly view: RunView;
  /** By which clients know it. */
  readonly keys: Map<string, RunKey> = new Map();
  readonly series: Map<string, PointColumn> = new Map();
  /** Settles when all that was told so far is kept or refused. */
  lastAppend: Promise<unknown> = Promise.resolve();
  private readonly nextLines: Map<string, number> = new Map();
  private readonly prints: Set<bigint> = new Set();

  /** @param view - the run as it was opened */
  constructor(view: RunView) {
    this.view = view;
  }

  /** The line of a stream that comes next. @param stream - of the client */
  nextLine(stream: string): number {
    return this.nextLines.get(stream) ?? 0;
  }

  /** @param records - of a client @param once - how repeats are told @returns those that are new */
  newOnes(records: readonly RunRecord[], once: Once): readonly RunRecord[] {
    if ("stream" in once && !once.prints) {
      const next = this.nextLine(once.stream);
      return records.filter((_, index) => (once.lines[index] as number) >= next);
    }
    const prints = once.prints ?? [];
    const seen = new Set<bigint>();
    return records.filter((_, index) => {
      const print = prints[index] as bigint;
      if (this.prints.has(print) || seen.has(print)) return false;
      seen.add(print);
      return true;
    });
  }

  /** Remembers that records were kept, so that they are known when they come again. @param once - how they are told */
  mark(once: Once): void {
    if ("stream" in once) this.nextLines.set(once.stream, Math.max(this.nextLine(once.stream), once.nextLine));
    for (const print of once.prints ?? []) this.prints.add(print);
    for (const print of this.prints) {
      if (this.prints.size <= MOST_PRINTS) break;
      this.prints.delete(print);
    }
  }

  /** All that a memory must know of it again, but its points, in as few entries as can be. */
  entries(): MemoryEntry[] {
    const { id, facts, isDeleted } = this.view;
    const once = [
      ...[...this.nextLines].map(([stream, nextLine]) => ({ stream, nextLine, lines: [] })),
      ...(this.prints.size > 0 ? [{ prints: [...this.prints] }] : []),
    ];
    return [
      ...[...this.keys.values()].map((key) => ({ kind: "open", key, id, facts }) as const),
      ...once.map((one) => ({ kind: "append", id, once: keepOnce(one) }) as const),
      ...(isDeleted ? [{ kind: "deleted", id, isDeleted } as const] : []),
    ];
  }

  /** @param facts - that changed */
  mergeFacts(facts: InstanceFacts): void {
    const merged = { ...this.view.facts, ...facts };
    if (facts.state === "running") {
      delete merged.stopTime;
      delete merged.end;
    }
    this.view.facts = merged;
  }

  /** @param record - points that were kept @returns how many */
  addPoints({ series, step, timeNs, values }: Extract<RunRecord, { kind: "points" }>): number {
    for (const [index, { name, labels }] of series.entries()) {
      const key = seriesKey(name, labels);
      const column = this.series.get(key) ?? new PointColumn(name, labels);
      this.series.set(key, column);
      column.push({ step, timeNs, value: values[index] as number });
    }
    return values.length;
  }
}
