import { LIMITS } from "ava-protocol";
import { runLayout } from "../place/workspace/layout.js";
import type { Settled } from "../ship/settling.js";
import type { TapConfig } from "./tap-config.js";
import { TappedInstance } from "./tapped-instance.js";

/** Told what happens; must not throw. */
export interface InstanceEvents {
  /** The platform was asked to stop an instance. */
  onStop(id: string, reason: string): void;
  onNotice(message: string): void;
}

/** The instances of which clients tell. Each has one journal, so that what is told of it, in whatever way, stays in its order. */
export class TappedInstances {
  private readonly config: TapConfig;
  private readonly leftWriters: ReadonlySet<string>;
  private readonly events: InstanceEvents;
  private readonly byId = new Map<string, TappedInstance>();
  /** Runs beside the wrapped one. */
  private readonly further: string[] = [];

  /** @param config - of the tap @param leftWriters - of earlier taps that were killed @param events - told what happens */
  constructor(config: TapConfig, leftWriters: ReadonlySet<string>, events: InstanceEvents) {
    this.config = config;
    this.leftWriters = leftWriters;
    this.events = events;
  }

  /** Those that are open. */
  get ids(): Iterable<string> {
    return this.byId.keys();
  }

  /** @param id - of an instance @returns it, where it is open */
  get(id: string): TappedInstance | undefined {
    return this.byId.get(id);
  }

  /** @param id - of an instance @param training - that it belongs to where it is new @returns it */
  open(id: string, training: string): TappedInstance {
    const known = this.byId.get(id);
    if (known) return known;
    const { config, leftWriters, events } = this;
    const instance = new TappedInstance({
      id,
      training,
      layout: runLayout(config.workspace, id),
      config,
      leftWriters,
      events: {
        onTrouble: (reason) => events.onNotice(`platform ${config.platformUrl} does not take records of instance ${id} (${reason})`),
        onRecovered: () => events.onNotice(`platform ${config.platformUrl} takes records of instance ${id} again`),
        onStop: (reason) => events.onStop(id, reason),
        onNotice: (message) => events.onNotice(message),
      },
    });
    this.byId.set(id, instance);
    return instance;
  }

  /** Links the run that has joined the wrapped instance and a further one. @param id - of the further one, which is open */
  link(id: string): void {
    const { instanceId } = this.config;
    this.byId.get(id)?.facts({ mainInstance: instanceId });
    if (this.further.includes(id) || this.further.length >= LIMITS.furtherInstances) return;
    this.further.push(id);
    this.byId.get(instanceId)?.facts({ furtherInstances: [...this.further] });
  }

  /** A further run of an earlier tap, which has linked it. @param id - of the run */
  relink(id: string): void {
    if (!this.further.includes(id) && this.further.length < LIMITS.furtherInstances) this.further.push(id);
  }

  /** Ships what there is now. @param deadlineMs - in ms since 1970 @returns what became of it */
  settle(deadlineMs: number): Promise<Settled> {
    return this.ofAll((instance) => instance.settle(deadlineMs));
  }

  /** Closes all journals and ships what is left. @param deadlineMs - in ms since 1970 @returns what became of it */
  close(deadlineMs: number): Promise<Settled> {
    return this.ofAll((instance) => instance.close(deadlineMs));
  }

  private async ofAll(work: (instance: TappedInstance) => Promise<Settled>): Promise<Settled> {
    const ends = await Promise.all([...this.byId.values()].map(work));
    return ends.find(({ isComplete }) => !isComplete) ?? { isComplete: true };
  }
}
