import { type Labels, seriesKey } from "ava-protocol";
import { damaged, notFound } from "../../error.js";
import type { Evaluation, Model } from "../contract/model.js";
import type { SavedView } from "../contract/saved-view.js";
import type { Revision } from "../contract/training.js";
import { type ChunkSource, Series, type Turn } from "../held/series.js";
import { Undo } from "../held/undo.js";
import type { SeriesTotals } from "../levels/totals.js";
import { refuseDeleted } from "../state/deleted.js";
import { type Instance, newInstance } from "../state/instance.js";
import type { DeletedView, KeptTraining, SeriesOf, Target } from "../state/target.js";
import { type Changed, type Counted, noChange } from "./changed.js";
import { type InstanceState, type StoredInstance, stateOf } from "./instance-state.js";
import { Listed } from "./listed.js";
import { Models } from "./models.js";

/** Where memory finds an instance that it does not hold. */
export interface InstanceSource {
  /** Adopts the instance, or sets it aside, where there is one. */
  loadOne(id: string): void;
}

/** Instances, and series of them, up to which those that are stored as they are stay in memory. */
const MAX_INSTANCES = 1000;
const MAX_SERIES = 200_000;

/** What the store holds in memory: instances that changed or were asked for lately, points only of what is new or being read. */
export class Memory implements Target {
  /** Those that are held, the one that was asked for last at the end. */
  readonly instances: Map<string, StoredInstance> = new Map();
  /** Rows of instances in the database. */
  storedInstances = 0;
  readonly models: Models = new Models(() => [this.beingSaved, this.changed]);
  /** With those that are deleted: their rows stay. */
  readonly views: Map<string, SavedView | DeletedView> = new Map();
  /** What was told of trainings, by name; also of deleted ones. */
  readonly trainings: Map<string, KeptTraining> = new Map();
  /** Revisions of params of each training, oldest first. */
  readonly revisions: Map<string, readonly Revision[]> = new Map();
  /** What lists remember of stored instances. */
  readonly listed: Listed = new Listed();
  /** Instances that cannot be shown at all because of damage, with a sentence about it. */
  readonly setAside: Map<string, string> = new Map();
  /** Rows that were stored and are gone without a trace. */
  readonly missing: Record<Counted, number> = { instances: 0, models: 0, evaluations: 0, views: 0, trainings: 0, revisions: 0 };
  /** What changed since the last checkpoint began. */
  changed: Changed = noChange();
  /** Instances that changed in the checkpoint before: the others' tails are not held in memory. */
  warm: Set<StoredInstance> = new Set();
  /** The next checkpoint. */
  readonly turn: Turn = { no: 1, isSaving: false };
  /** Instances that the checkpoint which is being written has not come to, as they were when it began; `undefined` while they are still so. */
  saving: Map<StoredInstance, InstanceState | undefined> = new Map();
  /** What the checkpoint which is being written stores. */
  private beingSaved: Changed = noChange();
  /** Absent where all instances are held. */
  private instanceSource: InstanceSource | undefined;
  private heldSeries = 0;
  /** Number of instances from which on some are let go. */
  private fullAt = MAX_INSTANCES;
  private undo = new Undo();
  private nextSeriesNo = 1;
  private readonly source: ChunkSource;

  /** @param source - where series read their stored chunks */
  constructor(source: ChunkSource) {
    this.source = source;
  }

  /** Number of the next new series. */
  get seriesNo(): number {
    return this.nextSeriesNo;
  }

  /** Numbers of series below this are used, also by series that cannot be read. */
  reserveSeriesNo(end: number): void {
    this.nextSeriesNo = Math.max(this.nextSeriesNo, end);
  }

  get hasChanged(): boolean {
    return Object.values(this.changed).some(({ size }) => size > 0);
  }

  /** Begins a checkpoint. @returns all that changed before it; what changes from now on is for the next one */
  beginSave(): Changed {
    const { changed } = this;
    this.changed = noChange();
    this.beingSaved = changed;
    for (const instance of changed.instances) this.saving.set(instance, undefined);
    this.turn.no++;
    this.turn.isSaving = true;
    return changed;
  }

  /** Ends a checkpoint. @param unsaved - what it was to store and did not */
  endSave(unsaved: Changed = noChange()): void {
    this.saving.clear();
    this.beingSaved = noChange();
    this.turn.isSaving = false;
    const add = <One>(from: ReadonlySet<One>, to: Set<One>): void => {
      for (const one of from) to.add(one);
    };
    add(unsaved.instances, this.changed.instances);
    add(unsaved.models, this.changed.models);
    add(unsaved.evaluations, this.changed.evaluations);
    add(unsaved.views, this.changed.views);
    add(unsaved.trainings, this.changed.trainings);
    add(unsaved.revisions, this.changed.revisions);
    add(unsaved.removed, this.changed.removed);
  }

  /** Begins a command. @returns how it is taken back */
  begin(): Undo {
    this.undo = new Undo();
    return this.undo;
  }

  /** Instances that are asked for and not held come from there; all others are let go in time. */
  loadFrom(source: InstanceSource): void {
    this.instanceSource = source;
  }

  find(id: string): StoredInstance | undefined {
    const instance = this.held(id);
    this.refuseDamaged(id);
    return instance;
  }

  /** @returns an instance that is asked for, whatever of it is damaged. @throws PlatformError `not_found`, `deleted`, `store_damaged` when nothing of it can be shown */
  shown(id: string): StoredInstance {
    const instance = this.held(id);
    const damage = this.setAside.get(id);
    if (damage !== undefined) throw damaged(damage);
    if (instance === undefined) throw notFound(id);
    refuseDeleted(instance);
    return instance;
  }

  versionsOf(name: string): readonly Model[] {
    return this.models.versionsOf(name);
  }

  instanceOf(id: string, training: string, atMs: number): StoredInstance {
    const known = this.find(id);
    if (known !== undefined) return known;
    const instance = this.adopt(id, training, atMs, false);
    this.undo.add(() => this.instances.delete(id));
    return instance;
  }

  /** Holds an instance. @param isStored - it comes from the database */
  adopt(id: string, training: string, createdMs: number, isStored = true): StoredInstance {
    const instance = { ...newInstance(id, training, createdMs), series: new Map(), isStored };
    this.instances.set(id, instance);
    return instance;
  }

  /** Instances that the database does not hold as they are. */
  get unstored(): StoredInstance[] {
    return [...new Set([...this.changed.instances, ...this.beingSaved.instances])];
  }

  /** Lets go of an instance. */
  forget(id: string): void {
    this.heldSeries -= this.instances.get(id)?.series.size ?? 0;
    this.instances.delete(id);
  }

  /** @returns an instance, held from now on; `undefined` where there is none or it is set aside */
  held(id: string): StoredInstance | undefined {
    let instance = this.instances.get(id);
    if (instance === undefined && this.instanceSource !== undefined && !this.setAside.has(id)) {
      this.letGo();
      this.instanceSource.loadOne(id);
      instance = this.instances.get(id);
    } else if (instance !== undefined) {
      this.instances.delete(id);
      this.instances.set(id, instance);
    }
    return instance;
  }

  /** Lets go of those that were not asked for the longest, but for what is not stored. */
  private letGo(): void {
    if (this.instances.size < this.fullAt && this.heldSeries < MAX_SERIES) return;
    for (const [id, instance] of this.instances) {
      if (this.instances.size < MAX_INSTANCES / 2 && this.heldSeries < MAX_SERIES / 2) break;
      if (!this.changed.instances.has(instance) && !this.beingSaved.instances.has(instance)) this.forget(id);
    }
    // Where many change at once, they are not looked at again for each one that is asked for.
    this.fullAt = Math.max(MAX_INSTANCES, Math.ceil(this.instances.size * 1.5));
  }

  /** @throws PlatformError `store_damaged` for an instance of which something cannot be read: what it takes would be taken for new */
  refuseDamaged(id: string): void {
    const damage = this.setAside.get(id) ?? this.instances.get(id)?.damage[0];
    if (damage !== undefined) throw damaged(damage);
  }

  willChange(instance: StoredInstance): void {
    this.refuseDamaged(instance.id);
    this.undo.markInstance(instance);
    this.listed.forget(instance.id);
    if (this.saving.has(instance) && this.saving.get(instance) === undefined) this.saving.set(instance, stateOf(instance));
    this.addTo(this.changed.instances, instance);
  }

  readonly seriesOf: SeriesOf = (instance, name, labels) => {
    const key = seriesKey(name, labels);
    const { series } = instance as StoredInstance;
    const known = series.get(key);
    if (known === undefined) {
      this.undo.add(() => {
        series.delete(key);
        this.heldSeries--;
      });
      return this.addSeries(instance as StoredInstance, this.nextSeriesNo, name, labels);
    }
    this.undo.markSeries(known);
    return known;
  };

  removeSeries(instance: Instance, key: string): void {
    const { series } = instance as StoredInstance;
    const before = [...series];
    const removed = series.get(key);
    if (removed === undefined) return;
    this.undo.add(() => {
      series.clear();
      for (const [of, one] of before) series.set(of, one);
      this.heldSeries++;
    });
    series.delete(key);
    this.heldSeries--;
    this.addTo(this.changed.removed, removed);
  }

  putModel(model: Model): void {
    this.addTo(this.changed.models, model);
  }

  findTraining(name: string): KeptTraining | undefined {
    return this.trainings.get(name);
  }

  putTraining(training: KeptTraining): void {
    this.setByName(this.trainings, this.changed.trainings, training);
  }

  putRevision(revision: Revision): void {
    const { training } = revision;
    this.set(this.revisions, training, [...(this.revisions.get(training) ?? []), revision]);
    this.addTo(this.changed.revisions, revision);
  }

  putEvaluation(evaluation: Evaluation): void {
    this.addTo(this.changed.evaluations, evaluation);
  }

  putView(view: SavedView | DeletedView): void {
    this.setByName(this.views, this.changed.views, view);
  }

  private setByName<One extends { name: string }>(all: Map<string, One>, changed: Set<One>, one: One): void {
    this.set(all, one.name, one);
    this.addTo(changed, one);
  }

  /**
   * Adds a series to an instance.
   *
   * @param totals - those of a stored series; absent for a new one
   */
  addSeries(instance: StoredInstance, no: number, name: string, labels: Labels, totals?: SeriesTotals): Series {
    const series = new Series(no, instance.id, name, labels, this.source, this.turn, totals);
    instance.series.set(series.key, series);
    this.heldSeries++;
    this.nextSeriesNo = Math.max(this.nextSeriesNo, no + 1);
    return series;
  }

  private set<One>(map: Map<string, One>, key: string, value: One): void {
    const before = map.get(key);
    this.undo.add(() => (before === undefined ? map.delete(key) : map.set(key, before)));
    map.set(key, value);
  }

  private addTo<One>(changed: Set<One>, one: One): void {
    if (changed.has(one)) return;
    this.undo.add(() => changed.delete(one));
    changed.add(one);
  }
}
