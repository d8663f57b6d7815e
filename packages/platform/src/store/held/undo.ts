import { type Instance, markInstance } from "../state/instance.js";
import type { Series } from "./series.js";

/** How one command is taken back: each change of memory adds its inverse before it happens. Holds until the next checkpoint, which keeps the command. */
export class Undo {
  private readonly steps: (() => void)[] = [];
  private readonly marked = new Set<Instance | Series>();

  /** @param step - takes back what happens next */
  add(step: () => void): void {
    this.steps.push(step);
  }

  /** Remembers an instance as it is, once. Its series are remembered one by one. */
  markInstance(instance: Instance): void {
    if (!this.isFirst(instance)) return;
    this.add(markInstance(instance));
  }

  /** Remembers a series as it is, once. */
  markSeries(series: Series): void {
    if (!this.isFirst(series)) return;
    this.add(series.mark());
  }

  /** Brings memory back to what it was. Of several commands the last one is taken back first. */
  takeBack(): void {
    for (const step of this.steps.toReversed()) step();
    this.steps.length = 0;
  }

  private isFirst(one: Instance | Series): boolean {
    const isFirst = !this.marked.has(one);
    this.marked.add(one);
    return isFirst;
  }
}
