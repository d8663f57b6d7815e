import { type ReparseAnswer, seriesKey } from "ava-protocol";
import type { InstanceView } from "../store/contract/instance.js";
import type { ReparseHead } from "../store/contract/reparse.js";
import type { Store } from "../store/contract/store.js";
import { KnownPoints } from "./known-points.js";
import type { ReadRows } from "./messages.js";
import { PartWriter } from "./part-writer.js";
import { Tally } from "./tally.js";

/** Tells the points that are read from those that the instance has, and adds the new ones. */
export class Adding {
  private readonly store: Store;
  private readonly view: InstanceView;
  private readonly head: ReparseHead;
  private readonly isPreview: boolean;
  /** By the numbers of the thread that reads. */
  private readonly tallies: Tally[] = [];
  private readonly known: KnownPoints[] = [];
  private readonly writer = new PartWriter();
  private refusedPoints = 0;
  private reason: string | undefined;

  /**
   * @param view - of the instance
   * @param head - of the reparse
   * @param isPreview - nothing is to be added
   */
  constructor(store: Store, view: InstanceView, head: ReparseHead, isPreview: boolean) {
    this.store = store;
    this.view = view;
    this.head = head;
    this.isPreview = isPreview;
  }

  /** Takes what was read. */
  async take(rows: ReadRows): Promise<void> {
    await this.meet(rows.newSeries);
    for (const [row, series] of rows.series.entries()) {
      const tally = this.tallies[series]!;
      const [step, value] = [rows.steps[row]!, rows.values[row]!];
      // A run with `--parser none` has counted without the parsers that read along here.
      const stepAlone = rows.stepsAlone[row]!;
      const known = this.known[series]!;
      const isKnown = known.take(step, value) || (stepAlone !== step && known.take(stepAlone, value));
      tally.count(rows, row, isKnown);
      if (isKnown || this.isPreview) continue;
      this.writer.add({ series, step, epoch: rows.epochs[row]!, timeNs: rows.timesNs[row]!, value }, tally);
      if (this.writer.isFull) await this.flush(false);
    }
  }

  /** @returns what became of all that was taken */
  async end(): Promise<Pick<ReparseAnswer, "n" | "points" | "known" | "refusedPoints" | "reason" | "series">> {
    const points = this.tallies.reduce((sum, tally) => sum + tally.points, 0);
    const known = this.tallies.reduce((sum, tally) => sum + tally.known, 0);
    const isAdded = points > 0 && !this.isPreview;
    if (isAdded) await this.flush(true);
    return {
      ...(isAdded ? { n: this.head.n } : {}),
      points,
      known,
      ...(this.refusedPoints === 0 ? {} : { refusedPoints: this.refusedPoints }),
      ...(this.reason === undefined ? {} : { reason: this.reason }),
      series: this.tallies.map((tally, i) => tally.summary(this.known[i]!.rest)),
    };
  }

  /** Before anything is added to a series, it is known what it had. */
  private async meet(newSeries: ReadRows["newSeries"]): Promise<void> {
    if (newSeries.length === 0) return;
    const found = new Map<string, KnownPoints>();
    for (const one of newSeries) {
      const known = new KnownPoints();
      found.set(seriesKey(one.name, one.labels), known);
      this.tallies.push(new Tally(one));
      this.known.push(known);
    }
    for await (const { name, labels, rows } of this.store.points(this.view.id, true, new Set(found.keys()))) {
      found.get(seriesKey(name, labels))?.add(rows);
    }
  }

  private async flush(isDone: boolean): Promise<void> {
    const { id, training } = this.view;
    const { refusedPoints, reason } = await this.store.addReparsed(id, this.head, this.writer.take(training), isDone);
    this.refusedPoints += refusedPoints;
    this.reason ??= reason;
  }
}
