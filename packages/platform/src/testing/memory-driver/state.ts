import { seriesKey } from "ava-protocol";
import { notFound } from "../../error.js";
import type { Evaluation, Model } from "../../store/contract/model.js";
import type { SavedView } from "../../store/contract/saved-view.js";
import type { Revision } from "../../store/contract/training.js";
import { applyCommand } from "../../store/state/apply.js";
import { ChangeTrack } from "../../store/state/change-track.js";
import type { Command } from "../../store/state/command.js";
import { refuseDeleted } from "../../store/state/deleted.js";
import { type Instance, newInstance } from "../../store/state/instance.js";
import { ReparseTurns } from "../../store/state/reparse-turns.js";
import type { DeletedView, KeptTraining, SeriesOf, Target } from "../../store/state/target.js";
import { MemorySeries } from "./series.js";

/** What the replicas of a store in memory share. */
export class MemoryState implements Target {
  readonly instances: Map<string, Instance> = new Map();
  readonly models: Map<string, Model[]> = new Map();
  readonly evaluations: Map<string, Evaluation> = new Map();
  readonly views: Map<string, SavedView> = new Map();
  readonly trainings: Map<string, KeptTraining> = new Map();
  readonly revisions: Map<string, Revision[]> = new Map();
  readonly track: ChangeTrack = new ChangeTrack();
  readonly turns: ReparseTurns = new ReparseTurns();
  pointsTaken = 0;
  requestsTaken = 0;

  /** Takes a command at once: nothing comes between. */
  apply(command: Command, body: Uint8Array): void {
    const change = applyCommand(this, command, body);
    this.requestsTaken++;
    this.pointsTaken += change?.points ?? 0;
    if (change !== undefined) this.track.note(change);
  }

  find(id: string): Instance | undefined {
    return this.instances.get(id);
  }

  /** Instances that lists look at. */
  get listed(): Instance[] {
    return [...this.instances.values()].filter(({ deletedMs }) => deletedMs === undefined);
  }

  /** @throws PlatformError `not_found`, `deleted` */
  shown(id: string): Instance {
    const instance = this.find(id);
    if (instance === undefined) throw notFound(id);
    refuseDeleted(instance);
    return instance;
  }

  instanceOf(id: string, training: string, atMs: number): Instance {
    const instance = this.instances.get(id) ?? newInstance(id, training, atMs);
    this.instances.set(id, instance);
    return instance;
  }

  willChange(): void {
    // All that could refuse a command comes before it changes anything.
  }

  readonly seriesOf: SeriesOf = ({ series }, name, labels) => {
    const key = seriesKey(name, labels);
    const one = series.get(key) ?? new MemorySeries(name, labels);
    series.set(key, one);
    return one;
  };

  removeSeries({ series }: Instance, key: string): void {
    series.delete(key);
  }

  versionsOf(name: string): readonly Model[] {
    return this.models.get(name) ?? [];
  }

  putModel(model: Model): void {
    this.models.set(model.name, [...this.versionsOf(model.name).filter(({ version }) => version !== model.version), model]);
  }

  findTraining(name: string): KeptTraining | undefined {
    return this.trainings.get(name);
  }

  putTraining(training: KeptTraining): void {
    this.trainings.set(training.name, training);
  }

  putRevision(revision: Revision): void {
    const { training } = revision;
    this.revisions.set(training, [...(this.revisions.get(training) ?? []), revision]);
  }

  putEvaluation(evaluation: Evaluation): void {
    this.evaluations.set(evaluation.name, evaluation);
  }

  putView(view: SavedView | DeletedView): void {
    if (view.view === undefined) this.views.delete(view.name);
    else this.views.set(view.name, view);
  }
}
