import { randomBytes } from "node:crypto";
import type { ChangePage, StoreChange } from "../contract/change.js";
import { logBytes } from "./instance.js";
import type { Applied } from "./target.js";

/** Instances and series that are remembered at most; a client that asks less often than they fill asks everything anew. */
const MAX_INSTANCES = 10_000;
const MAX_SERIES = 200_000;

/** What changed last in an instance, and when: as the number of the change. */
interface Tracked {
  training: string;
  pos: number;
  factsPos: number;
  logPos: number;
  logBytes: number;
  series: Map<string, { pos: number; version: number }>;
  /** Silences that ended, with the change that ended them. */
  silencePos: number;
  silenceMs: number;
}

/** Numbers the changes of a store in this process, and knows what has changed since a number while some process of it watches. */
export class ChangeTrack {
  /** Numbers of another process mean nothing here. */
  private epoch = randomBytes(6).toString("hex");
  private pos = 0;
  /** Changes up to this one are forgotten. */
  private floor = 0;
  private seriesCount = 0;
  /** By id, the one that changed last at the end. */
  private readonly tracked = new Map<string, Tracked>();
  private readonly watchers = new Set<() => void>();

  /** @param wake - called after each change; must not throw @returns ends it */
  watch(wake: () => void): () => void {
    this.watchers.add(wake);
    return () => {
      if (this.watchers.delete(wake) && this.watchers.size === 0) this.forget();
    };
  }

  /** Takes a change that is kept. Costs nothing while nothing watches. */
  note({ instance, hasFacts, series, hasLog, silenceMs }: Applied): void {
    if (this.watchers.size === 0) return;
    this.pos++;
    const { pos } = this;
    const known = this.tracked.get(instance.id);
    this.tracked.delete(instance.id);
    const tracked = known ?? { training: "", pos, factsPos: 0, logPos: 0, logBytes: 0, series: new Map(), silencePos: 0, silenceMs: 0 };
    this.tracked.set(instance.id, tracked);
    tracked.training = instance.training;
    tracked.pos = pos;
    tracked.logBytes = logBytes(instance);
    if (hasFacts) tracked.factsPos = pos;
    if (hasLog) tracked.logPos = pos;
    if (silenceMs >= tracked.silenceMs) Object.assign(tracked, { silenceMs, silencePos: pos });
    this.seriesCount -= tracked.series.size;
    for (const one of series) tracked.series.set(one.key, { pos, version: one.totals.count });
    this.seriesCount += tracked.series.size;
    this.bound();
    for (const wake of this.watchers) wake();
  }

  /**
   * @param cursor - of the page before; absent for all that is known
   * @returns what changed since
   */
  since(cursor: string | undefined): ChangePage {
    const from = cursor === undefined ? this.floor : this.posOf(cursor);
    const next = `${this.epoch}-${this.pos}`;
    if (from === undefined) return { changes: [], cursor: next, isReset: true };
    const changes: StoreChange[] = [];
    for (const [instance, tracked] of this.tracked) if (tracked.pos > from) changes.push(changeSince(instance, tracked, from));
    return { changes, cursor: next, isReset: false };
  }

  /** What came before may not have been kept, or was missed: cursors from before mean nothing any more. */
  reset(): void {
    this.epoch = randomBytes(6).toString("hex");
    this.forget();
    for (const wake of this.watchers) wake();
  }

  private posOf(cursor: string): number | undefined {
    const [, epoch, text] = /^(\w+)-(\d{1,15})$/.exec(cursor) ?? [];
    const pos = Number(text);
    return epoch === this.epoch && pos >= this.floor && pos <= this.pos ? pos : undefined;
  }

  private bound(): void {
    for (const [id, { pos, series }] of this.tracked) {
      if (this.tracked.size <= MAX_INSTANCES && this.seriesCount <= MAX_SERIES) return;
      this.tracked.delete(id);
      this.seriesCount -= series.size;
      this.floor = pos;
    }
  }

  private forget(): void {
    this.tracked.clear();
    this.seriesCount = 0;
    this.floor = this.pos + 1;
    this.pos = this.floor;
  }
}

function changeSince(instance: string, tracked: Tracked, from: number): StoreChange {
  const { training, factsPos, logPos, logBytes: size, silencePos, silenceMs } = tracked;
  const grown = [...tracked.series].filter(([, { pos }]) => pos > from).map(([key, { version }]) => [key, version] as const);
  return {
    instance,
    training,
    hasFacts: factsPos > from,
    series: new Map(grown),
    ...(logPos > from ? { logBytes: size } : {}),
    silenceMs: silencePos > from ? silenceMs : 0,
  };
}
