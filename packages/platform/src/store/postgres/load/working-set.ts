import { seriesKey } from "ava-protocol";
import { damaged } from "../../../error.js";
import type { Evaluation, Model } from "../../contract/model.js";
import type { SavedView } from "../../contract/saved-view.js";
import type { Revision } from "../../contract/training.js";
import { type ChunkSource, Series } from "../../held/series.js";
import { Undo } from "../../held/undo.js";
import type { Instance } from "../../state/instance.js";
import type { DeletedView, KeptTraining, SeriesOf, Target } from "../../state/target.js";
import { emptyHeld, type HeldInstance, TURN } from "../hold/held.js";
import { bringRows } from "../hold/late.js";

/** What commands look at and change: all of it was read before they are applied. What they put is gathered here, to be written. */
export class WorkingSet implements Target {
  readonly instances: Map<string, HeldInstance> = new Map();
  /** Numbers of rows in which instances may be made. */
  readonly places: Map<string, number> = new Map();
  readonly trainings: Map<string, KeptTraining> = new Map();
  readonly models: Map<string, readonly Model[]> = new Map();
  readonly putTrainings: Map<string, KeptTraining> = new Map();
  readonly putRevisions: Revision[] = [];
  readonly putModels: Model[] = [];
  readonly putEvaluations: Evaluation[] = [];
  readonly putViews: (SavedView | DeletedView)[] = [];
  private undo = new Undo();
  private isLate = false;
  private readonly source: ChunkSource;

  /** @param source - where series read their sealed chunks */
  constructor(source: ChunkSource) {
    this.source = source;
  }

  /** Begins a command. @param isLate - its points are only counted: `bringRows` gets their rows. @returns how it is taken back, as far as instances go */
  begin(isLate = false): Undo {
    this.isLate = isLate;
    this.undo = new Undo();
    return this.undo;
  }

  find(id: string): HeldInstance | undefined {
    const held = this.instances.get(id);
    if (held !== undefined) refuseDamaged(held);
    return held;
  }

  instanceOf(id: string, training: string, atMs: number): HeldInstance {
    const known = this.find(id);
    if (known !== undefined) return known;
    const no = this.places.get(id);
    if (no === undefined) throw new Error(`There is no row for the instance ${id}.`);
    const held = emptyHeld(no, id, training, atMs);
    this.undo.add(() => this.instances.delete(id));
    this.instances.set(id, held);
    return held;
  }

  willChange(instance: Instance): void {
    refuseDamaged(instance);
    this.undo.markInstance(instance);
  }

  readonly seriesOf: SeriesOf = (instance, name, labels) => {
    const held = instance as HeldInstance;
    const key = seriesKey(name, labels);
    const known = held.series.get(key);
    if (known !== undefined) {
      this.undo.markSeries(known);
      return this.counting(held, known);
    }
    this.undo.add(() => {
      held.series.delete(key);
      held.nextSeriesNo--;
    });
    const series = new Series(held.nextSeriesNo++, held.id, name, labels, this.source, TURN);
    held.series.set(key, series);
    return this.counting(held, series);
  };

  private counting(held: HeldInstance, series: Series): Series {
    if (this.isLate) series.late ??= () => bringRows(held);
    return series;
  }

  removeSeries(instance: Instance, key: string): void {
    const { series } = instance as HeldInstance;
    const before = [...series];
    this.undo.add(() => {
      series.clear();
      for (const [of, one] of before) series.set(of, one);
    });
    series.delete(key);
  }

  versionsOf(name: string): readonly Model[] {
    return this.models.get(name) ?? [];
  }

  putModel(model: Model): void {
    const others = this.versionsOf(model.name).filter(({ version }) => version !== model.version);
    this.models.set(model.name, [...others, model]);
    this.putModels.push(model);
  }

  findTraining(name: string): KeptTraining | undefined {
    return this.trainings.get(name);
  }

  putTraining(training: KeptTraining): void {
    this.trainings.set(training.name, training);
    this.putTrainings.set(training.name, training);
  }

  putRevision(revision: Revision): void {
    this.putRevisions.push(revision);
  }

  putEvaluation(evaluation: Evaluation): void {
    this.putEvaluations.push(evaluation);
  }

  putView(view: SavedView | DeletedView): void {
    this.putViews.push(view);
  }
}

/** What a damaged instance takes would be taken for new. */
function refuseDamaged({ damage }: Instance): void {
  if (damage[0] !== undefined) throw damaged(damage[0]);
}
