import { type Labels, seriesKey } from "ava-protocol";
import type { ModelSpec } from "../contract/command.js";
import type { SeriesOf } from "./apply-records.js";
import { damaged } from "./damage.js";
import { type Instance, newInstance } from "./instance/instance.js";
import { type InstanceState, stateOf } from "./instance/state.js";
import { type ChunkSource, Series, type SeriesTotals, type Turn } from "./series/series.js";
import { Undo } from "./undo.js";

/** One version of a registered model. */
export interface Model {
  name: string;
  version: string;
  createdMs: number;
  spec: ModelSpec;
}

/** Result of an evaluation, as the old client puts it. */
export interface Evaluation {
  name: string;
  createdMs: number;
  result: Record<string, unknown>;
}

/** Tables whose rows are counted, so that one that is gone is noticed. */
export type Counted = "instances" | "models" | "evaluations";

/** What a checkpoint has to store; series know it themselves. */
export interface Changed {
  instances: Set<Instance>;
  models: Set<Model>;
  evaluations: Set<Evaluation>;
}

function noChange(): Changed {
  return { instances: new Set(), models: new Set(), evaluations: new Set() };
}

/** What the store holds in memory: facts and summaries of everything, points only of what is new or being read. */
export class Memory {
  readonly instances: Map<string, Instance> = new Map();
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
  warm: Set<Instance> = new Set();
  /** The next checkpoint. */
  readonly turn: Turn = { no: 1, isSaving: false };
  /** Instances that the checkpoint which is being written has not come to, as they were when it began; `undefined` while they are still so. */
  saving: Map<Instance, InstanceState | undefined> = new Map();
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

  /** @returns the instance, made when it is not known. @throws PlatformError `store_damaged` */
  instanceOf(id: string, training: string, atMs: number): Instance {
    this.refuseDamaged(id);
    let instance = this.instances.get(id);
    if (instance === undefined) {
      instance = newInstance(id, training, atMs);
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

  /** Called before a command changes an instance. @throws PlatformError `store_damaged` */
  willChange(instance: Instance): void {
    this.refuseDamaged(instance.id);
    this.undo.markInstance(instance);
    if (this.saving.has(instance) && this.saving.get(instance) === undefined) this.saving.set(instance, stateOf(instance));
    this.addTo(this.changed.instances, instance);
  }

  /** @returns the series, made when it is not known, for a command that appends to it */
  readonly seriesOf: SeriesOf = (instance, name, labels) => {
    const key = seriesKey(name, labels);
    const known = instance.series.get(key);
    if (known === undefined) {
      this.undo.add(() => instance.series.delete(key));
      return this.addSeries(instance, this.nextSeriesNo, name, labels);
    }
    this.undo.markSeries(known);
    return known;
  };

  /** Adds a version of a model; one with the same version is replaced. */
  putModel(model: Model): void {
    const versions = this.models.get(model.name);
    this.undo.add(() => (versions === undefined ? this.models.delete(model.name) : this.models.set(model.name, versions)));
    this.models.set(model.name, [...(versions ?? []).filter(({ version }) => version !== model.version), model]);
    this.addTo(this.changed.models, model);
  }

  /** Sets the result of an evaluation. */
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
  addSeries(instance: Instance, no: number, name: string, labels: Labels, totals?: SeriesTotals): Series {
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
