import type { LiveChange } from "ava-protocol";
import { type Clock, stateOf } from "../query/instances.js";
import type { Change } from "../store/contract/change.js";
import type { Store } from "../store/contract/store.js";
import { type Instance, logBytes } from "../store/embedded/instance/instance.js";
import type { Series } from "../store/embedded/series/series.js";

/** How long changes of an instance are gathered before they are told, in milliseconds: five a second are enough for eyes. */
const GATHER_MS = 200;

/** How often running instances are looked at for one that fell silent, or is heard again. */
const LOST_CHECK_MS = 5000;

interface Gathered {
  hasFacts: boolean;
  series: Set<Series>;
  hasLog: boolean;
}

/** Tells clients what changed, at most every 200 ms for each instance. Costs nothing while nobody listens. */
export class LiveHub {
  private readonly store: Store;
  private readonly clock: Clock;
  private readonly listeners = new Set<(changes: readonly LiveChange[]) => void>();
  private gathered = new Map<Instance, Gathered>();
  private readonly lost = new Set<Instance>();
  private tellTimer: NodeJS.Timeout | undefined;
  private lostTimer: NodeJS.Timeout | undefined;
  private stopListening: (() => void) | undefined;

  constructor(store: Store, clock: Clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * @param listener - called with the changes of a while; must not throw
   * @returns ends it
   */
  listen(listener: (changes: readonly LiveChange[]) => void): () => void {
    if (this.listeners.size === 0) this.begin();
    this.listeners.add(listener);
    return () => {
      if (this.listeners.delete(listener) && this.listeners.size === 0) this.close();
    };
  }

  /** Stops timers; listeners hear no more. */
  close(): void {
    this.stopListening?.();
    clearTimeout(this.tellTimer);
    clearInterval(this.lostTimer);
    this.tellTimer = undefined;
    this.gathered.clear();
    this.lost.clear();
  }

  private begin(): void {
    this.stopListening = this.store.onChange((change) => this.gather(change));
    this.lostTimer = setInterval(() => this.findLost(), LOST_CHECK_MS).unref();
    this.findLost();
  }

  private gather(change: Omit<Change, "points">): void {
    let gathered = this.gathered.get(change.instance);
    if (gathered === undefined) {
      gathered = { hasFacts: false, series: new Set(), hasLog: false };
      this.gathered.set(change.instance, gathered);
    }
    gathered.hasFacts ||= change.hasFacts || this.lost.has(change.instance);
    gathered.hasLog ||= change.hasLog;
    for (const series of change.series) gathered.series.add(series);
    this.lost.delete(change.instance);
    this.tellTimer ??= setTimeout(() => this.tell(), GATHER_MS).unref();
  }

  private tell(): void {
    this.tellTimer = undefined;
    const all = this.gathered;
    this.gathered = new Map();
    const changes: LiveChange[] = [];
    for (const [instance, { hasFacts, series, hasLog }] of all) {
      if (!hasFacts && series.size === 0 && !hasLog) continue;
      changes.push({
        instance: instance.id,
        training: instance.training,
        ...(hasFacts ? { facts: true } : {}),
        ...(series.size > 0 ? { series: [...series].map((one) => one.key) } : {}),
        ...(hasLog ? { logBytes: logBytes(instance) } : {}),
      });
    }
    if (changes.length > 0) for (const listener of this.listeners) listener(changes);
  }

  private findLost(): void {
    for (const instance of this.store.instances.values()) {
      if (this.lost.has(instance) || stateOf(instance, this.clock) !== "lost") continue;
      this.gather({ instance, hasFacts: true, series: new Set(), hasLog: false });
      this.lost.add(instance);
    }
  }
}
