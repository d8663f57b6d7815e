import { type Labels, seriesKey } from "ava-protocol";
import { damaged, PlatformError } from "../../error.js";
import type { Evaluation, Model } from "../contract/model.js";
import type { SeriesTotals } from "../levels/totals.js";
import { newInstance } from "../state/instance.js";
import type { SeriesOf, Target } from "../state/target.js";
import { type InstanceState, type StoredInstance, stateOf } from "./instance-state.js";
import { type ChunkSource, Series, type Turn } from "./series/series.js";
import { Undo } from "./undo.js";

/** Tables whose rows are counted, so that one that is gone is noticed. */
export type Counted = "instances" | "models" | "evaluations";

/** What a checkpoint has to store; series know it themselves. */
export interface Changed {
  instances: Set<StoredInstance>;
  models: Set<Model>;
  evaluations: Set<Evaluation>;
}

function noChange(): Changed {
  return { instances: new Set(), models: new Set(), evaluations: new Set() };
}

/** What the store holds in memory: facts and summaries of everything, points only of what is new or being read. */
export class Memory implements Target {
  readonly instances: Map<string, StoredInstance> = new Map();
  /** Versions of each model, oldest first. */
  readonly models: Map<string, Model[]> = new Map();
  readonly evaluations: Map<string, Evaluation> = new Map();
  /** Instances that cannot be shown at all because of damage, with a sentence about it. */
  readonly setAside: Map<string, string> = new Map();
  /** Rows that were stored and are gone without a trace. */
  readonly missing: Record<Counted, number> = { instances: 0, models: 0, evaluations: 0 };
  /** What changed since the last checkpoint began. */
  changed: Changed = noChange();
  /** Instances that changed in the checkpoint before: the others' tails are not held in memory. */
  warm: Set<StoredInstance> = new Set();
  /** The next checkpoint. */
  readonly turn: Turn = { no: 1, isSaving: false };
  /** Instances that the checkpoint which is being written has not come to, as they were when it began; `undefined` while they are still so. */
  saving: Map<StoredInstance, InstanceState | undefined> = new Map();
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
    const { instances, models, evaluations } = this.changed;
    return instances.size + models.size + evaluations.size > 0;
  }

  /** Begins a checkpoint. @returns all that changed before it; what changes from now on is for the next one */
  beginSave(): Changed {
    const { changed } = this;
    this.changed = noChange();
    for (const instance of changed.instances) this.saving.set(instance, undefined);
    this.turn.no++;
    this.turn.isSaving = true;
    return changed;
  }

  /** Ends a checkpoint. @param unsaved - what it was to store and did not */
  endSave(unsaved: Changed = noChange()): void {
    this.saving.clear();
    this.turn.isSaving = false;
    const add = <One>(from: ReadonlySet<One>, to: Set<One>): void => {
      for (const one of from) to.add(one);
    };
    add(unsaved.instances, this.changed.instances);
    add(unsaved.models, this.changed.models);
    add(unsaved.evaluations, this.changed.evaluations);
  }

  /** Begins a command. @returns how it is taken back */
  begin(): Undo {
    this.undo = new Undo();
    return this.undo;
  }

  find(id: string): StoredInstance | undefined {
    this.refuseDamaged(id);
    return this.instances.get(id);
  }

  /** @returns an instance that is asked for, whatever of it is damaged. @throws PlatformError `not_found`, `store_damaged` when nothing of it can be shown */
  shown(id: string): StoredInstance {
    const instance = this.instances.get(id);
    const damage = this.setAside.get(id);
    if (damage !== undefined) throw damaged(damage);
    if (instance === undefined) throw new PlatformError("not_found", `There is no instance ${id}.`);
    return instance;
  }

  versionsOf(name: string): readonly Model[] {
    return this.models.get(name) ?? [];
  }

  instanceOf(id: string, training: string, atMs: number): StoredInstance {
    this.refuseDamaged(id);
    let instance = this.instances.get(id);
    if (instance === undefined) {
      instance = newInstance(id, training, atMs) as StoredInstance;
      this.undo.add(() => this.instances.delete(id));
      this.instances.set(id, instance);
    }
    return instance;
  }

  /** @throws PlatformError `store_damaged` for an instance of which something cannot be read: what it takes would be taken for new */
  refuseDamaged(id: string): void {
    const damage = this.setAside.get(id) ?? this.instances.get(id)?.damage[0];
    if (damage !== undefined) throw damaged(damage);
  }

  willChange(instance: StoredInstance): void {
    this.refuseDamaged(instance.id);
    this.undo.markInstance(instance);
    if (this.saving.has(instance) && this.saving.get(instance) === undefined) this.saving.set(instance, stateOf(instance));
    this.addTo(this.changed.instances, instance);
  }

  readonly seriesOf: SeriesOf = (instance, name, labels) => {
    const key = seriesKey(name, labels);
    const { series } = instance as StoredInstance;
    const known = series.get(key);
    if (known === undefined) {
      this.undo.add(() => series.delete(key));
      return this.addSeries(instance as StoredInstance, this.nextSeriesNo, name, labels);
    }
    this.undo.markSeries(known);
    return known;
  };

  putModel(model: Model): void {
    const versions = this.models.get(model.name);
    this.undo.add(() => (versions === undefined ? this.models.delete(model.name) : this.models.set(model.name, versions)));
    this.models.set(model.name, [...(versions ?? []).filter(({ version }) => version !== model.version), model]);
    this.addTo(this.changed.models, model);
  }

  putEvaluation(evaluation: Evaluation): void {
    const { name } = evaluation;
    const before = this.evaluations.get(name);
    this.undo.add(() => (before === undefined ? this.evaluations.delete(name) : this.evaluations.set(name, before)));
    this.evaluations.set(name, evaluation);
    this.addTo(this.changed.evaluations, evaluation);
  }

  /**
   * Adds a series to an instance.
   *
   * @param totals - those of a stored series; absent for a new one
   */
  addSeries(instance: StoredInstance, no: number, name: string, labels: Labels, totals?: SeriesTotals): Series {
    const series = new Series(no, instance.id, name, labels, this.source, this.turn, totals);
    instance.series.set(series.key, series);
    this.nextSeriesNo = Math.max(this.nextSeriesNo, no + 1);
    return series;
  }

  private addTo<One>(changed: Set<One>, one: One): void {
    if (changed.has(one)) return;
    this.undo.add(() => changed.delete(one));
    changed.add(one);
  }
}
