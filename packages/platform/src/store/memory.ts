import { type Labels, seriesKey } from "ava-protocol";
import type { SeriesOf } from "../intake/records/apply.js";
import type { ModelSpec } from "./command.js";
import { type Instance, newInstance } from "./instance/instance.js";
import { type ChunkSource, Series, type SeriesTotals } from "./series/series.js";
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

/** What the store holds in memory: facts and summaries of everything, points only of what is new or being read. */
export class Memory {
  readonly instances: Map<string, Instance> = new Map();
  /** Versions of each model, oldest first. */
  readonly models: Map<string, Model[]> = new Map();
  readonly evaluations: Map<string, Evaluation> = new Map();
  /** Instances that changed since the last checkpoint. */
  readonly changed: Set<Instance> = new Set();
  /** Instances that changed in the checkpoint before: the others' tails are not held in memory. */
  warm: Set<Instance> = new Set();
  readonly changedModels: Set<Model> = new Set();
  readonly changedEvaluations: Set<Evaluation> = new Set();
  private undo = new Undo();
  private nextSeriesNo = 1;
  private readonly source: ChunkSource;

  /** @param source - where series read their stored chunks */
  constructor(source: ChunkSource) {
    this.source = source;
  }

  /** Begins a command. @returns how it is taken back */
  begin(): Undo {
    this.undo = new Undo();
    return this.undo;
  }

  /** @returns the instance, made when it is not known */
  instanceOf(id: string, training: string, atMs: number): Instance {
    let instance = this.instances.get(id);
    if (instance === undefined) {
      instance = newInstance(id, training, atMs);
      this.undo.add(() => this.instances.delete(id));
      this.instances.set(id, instance);
    }
    return instance;
  }

  /** Called before a command changes an instance. */
  willChange(instance: Instance): void {
    this.undo.markInstance(instance);
    this.addTo(this.changed, instance);
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
    this.addTo(this.changedModels, model);
  }

  /** Sets the result of an evaluation. */
  putEvaluation(evaluation: Evaluation): void {
    const { name } = evaluation;
    const before = this.evaluations.get(name);
    this.undo.add(() => (before === undefined ? this.evaluations.delete(name) : this.evaluations.set(name, before)));
    this.evaluations.set(name, evaluation);
    this.addTo(this.changedEvaluations, evaluation);
  }

  /**
   * Adds a series to an instance.
   *
   * @param totals - those of a stored series; absent for a new one
   */
  addSeries(instance: Instance, no: number, name: string, labels: Labels, totals?: SeriesTotals): Series {
    const series = new Series(no, instance.id, name, labels, this.source, totals);
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
