import type { LiveChange } from "ava-protocol";
import { type Clock, lostBeforeMs } from "../query/instances.js";
import type { StoreChange } from "../store/contract/change.js";
import type { Store } from "../store/contract/store.js";

/** How long changes are gathered before they are told, in milliseconds: five a second are enough for eyes. */
const GATHER_MS = 200;

/** How often running instances are looked at for one that fell silent. */
const LOST_CHECK_MS = 5000;

/** Told the changes of a while, or that some were missed; must not throw. */
export type LiveListener = (changes: readonly LiveChange[] | "missed") => void;

/** What of a store the hub asks. */
export type ChangeSource = Pick<Store, "watch" | "changesSince" | "silent">;

/** Tells clients what changed, at most every 200 ms. Costs nothing while no client listens. */
export class LiveHub {
  private readonly store: ChangeSource;
  private readonly clock: Clock;
  private readonly listeners = new Set<LiveListener>();
  private cursor: string | undefined;
  /** Instances heard last before this time have been told as lost. */
  private toldLostMs = 0;
  private tellTimer: NodeJS.Timeout | undefined;
  private lostTimer: NodeJS.Timeout | undefined;
  private stopWatching: (() => void) | undefined;
  /** Questions to the store, one after another; those of a hub that was closed tell nothing. */
  private asking: Promise<void> = Promise.resolve();
  private round = 0;

  constructor(store: ChangeSource, clock: Clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * @param listener - called with the changes of a while
   * @returns ends it
   */
  listen(listener: LiveListener): () => void {
    if (this.listeners.size === 0) this.begin();
    this.listeners.add(listener);
    return () => {
      if (this.listeners.delete(listener) && this.listeners.size === 0) this.close();
    };
  }

  /** Stops timers; listeners hear no more. */
  close(): void {
    this.round++;
    this.stopWatching?.();
    clearTimeout(this.tellTimer);
    clearInterval(this.lostTimer);
    this.tellTimer = undefined;
    this.cursor = undefined;
  }

  private begin(): void {
    this.stopWatching = this.store.watch(() => {
      this.tellTimer ??= setTimeout(() => this.ask((round) => this.tellChanges(round)), GATHER_MS).unref();
    });
    this.toldLostMs = 0;
    this.lostTimer = setInterval(() => this.ask((round) => this.tellLost(round)), LOST_CHECK_MS).unref();
    this.ask((round) => this.tellChanges(round));
    this.ask((round) => this.tellLost(round));
  }

  /** A question that fails is asked again with the next change or check. */
  private ask(question: (round: number) => Promise<void>): void {
    const { round } = this;
    this.asking = this.asking.then(() => question(round)).catch(() => undefined);
  }

  private async tellChanges(round: number): Promise<void> {
    if (round !== this.round) return;
    this.tellTimer = undefined;
    const { changes, cursor, isReset } = await this.store.changesSince(this.cursor);
    if (round !== this.round) return;
    this.cursor = cursor;
    if (isReset) this.tell("missed");
    const told = changes.flatMap((change) => this.liveChange(change) ?? []);
    if (told.length > 0) this.tell(told);
  }

  private async tellLost(round: number): Promise<void> {
    const beforeMs = lostBeforeMs(this.clock);
    const silent = await this.store.silent(this.toldLostMs, beforeMs);
    if (round !== this.round) return;
    this.toldLostMs = beforeMs;
    if (silent.length > 0) this.tell(silent.map(({ id, training }) => ({ instance: id, training, facts: true })));
  }

  private liveChange({ instance, training, hasFacts, series, logBytes, silenceMs }: StoreChange): LiveChange | undefined {
    // An instance that was lost and is heard again has another state.
    const facts = hasFacts || silenceMs > this.clock.lostAfterMs;
    if (!facts && series.size === 0 && logBytes === undefined) return undefined;
    return {
      instance,
      training,
      ...(facts ? { facts } : {}),
      ...(series.size > 0 ? { series: [...series.keys()], versions: [...series.values()] } : {}),
      ...(logBytes === undefined ? {} : { logBytes }),
    };
  }

  private tell(changes: readonly LiveChange[] | "missed"): void {
    for (const listener of this.listeners) listener(changes);
  }
}
