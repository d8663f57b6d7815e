import type { Series, SeriesState } from "../../held/series.js";
import { encodeChunk } from "../../levels/chunk.js";
import { encodeTotals } from "../../levels/totals.js";
import type { Steps } from "../../slices.js";
import type { Changed, Counted } from "../changed.js";
import { type InstanceState, markInstanceStored, markInstanceUnstored, type StoredInstance, stateOf } from "../instance-state.js";
import type { Memory } from "../memory.js";
import { type ChunkReader, chunkId } from "./chunks.js";
import { changedFigures } from "./figures.js";
import { headValues } from "./heads.js";
import { saveLog } from "./log-text.js";
import type { RowWriter } from "./writer.js";

/** One checkpoint: what changed until it began goes into the database, in steps between which memory may go on changing. */
export class Save {
  private readonly memory: Memory;
  private readonly changed: Changed;
  private readonly counts: Record<Exclude<Counted, "models" | "evaluations">, number>;
  private readonly newInstances: readonly StoredInstance[];
  private readonly instances: [StoredInstance, InstanceState][] = [];
  private readonly series: [Series, SeriesState][] = [];

  /** Begins it: all changes up to here are for this one. */
  constructor(memory: Memory) {
    const { views, trainings, revisions, missing } = memory;
    this.memory = memory;
    this.changed = memory.beginSave();
    this.newInstances = [...this.changed.instances].filter(({ isStored }) => !isStored);
    this.counts = {
      instances: memory.storedInstances + this.newInstances.length + missing.instances,
      views: views.size + missing.views,
      trainings: trainings.size + missing.trainings,
      revisions: [...revisions.values()].flat().length + missing.revisions,
    };
  }

  /**
   * Writes everything, with the place in the log from which the next start reads; runs in one transaction.
   *
   * @param nextSegment - first log segment that is not contained
   */
  *write(rows: RowWriter, nextSegment: number): Steps {
    const { memory, changed } = this;
    for (const instance of changed.instances) {
      const state = memory.saving.get(instance) ?? stateOf(instance);
      memory.saving.delete(instance);
      this.instances.push([instance, state]);
      yield* writeInstance(rows, instance, state);
      yield* this.writeSeries(rows, instance);
    }
    for (const { no } of changed.removed) {
      rows.removeSeries(no);
      rows.removeChunks(chunkId(no, 0), chunkId(no + 1, 0));
      yield;
    }
    for (const model of changed.models) {
      rows.put("models", model.name, model.version, model.createdMs, JSON.stringify(model.spec));
      yield;
    }
    for (const { name, createdMs, result } of changed.evaluations) {
      rows.put("evaluations", name, createdMs, JSON.stringify(result));
      yield;
    }
    for (const { name, changedMs, view } of changed.views) {
      rows.put("views", name, changedMs, view === undefined ? null : JSON.stringify(view));
      yield;
    }
    for (const training of changed.trainings) {
      rows.put("trainings", training.name, JSON.stringify(training));
      yield;
    }
    for (const { training, revision, createdMs, paramsText, note } of changed.revisions) {
      rows.put("revisions", training, revision, createdMs, paramsText, note ?? null);
      yield;
    }
    for (const [key, count] of Object.entries(this.counts)) rows.putMeta(key as Counted, count);
    for (const table of ["models", "evaluations"] as const) rows.putMeta(table, rows.count(table) + memory.missing[table]);
    rows.putMeta("series_no", memory.seriesNo);
    rows.putMeta("log_segment", nextSegment);
    rows.putMeta("heads_segment", nextSegment);
    rows.putMeta("figures_segment", nextSegment);
  }

  /** After the commit: memory knows what is stored. */
  *markStored(reader: ChunkReader): Steps {
    for (const [instance, state] of this.instances) markInstanceStored(instance, state);
    for (const instance of this.newInstances) instance.isStored = true;
    this.memory.storedInstances += this.newInstances.length;
    for (const [series, state] of this.series) {
      const { totals, waiting } = state;
      for (let index = totals.chunks - waiting.length; index <= totals.chunks; index++) reader.forget(chunkId(series.no, index));
      series.markStored(state);
      yield;
    }
    const { memory } = this;
    // Tails that grew since the checkpoint before are kept in memory: they are likely to go on.
    const grown = new Set(this.series.map(([series]) => series));
    for (const instance of new Set([...memory.warm, ...this.changed.instances])) {
      for (const series of instance.series.values()) {
        if (!grown.has(series)) series.releaseTail();
        yield;
      }
    }
    memory.warm = new Set(this.changed.instances);
    memory.endSave();
  }

  /** When nothing was written: all of it is for the next checkpoint. */
  takeBack(): void {
    for (const [instance, state] of this.instances) markInstanceUnstored(instance, state);
    for (const [instance, state] of this.memory.saving) if (state !== undefined) markInstanceUnstored(instance, state);
    for (const instance of this.changed.instances) for (const series of instance.series.values()) if (series.isDirty) series.markUnstored();
    for (const [series] of this.series) series.markUnstored();
    this.memory.endSave(this.changed);
  }

  private *writeSeries(rows: RowWriter, instance: StoredInstance): Steps {
    const saved = new Map<Series, SeriesState>();
    for (const series of instance.series.values()) {
      const state = series.takeState();
      if (state !== undefined) {
        saved.set(series, state);
        this.series.push([series, state]);
        writeSeriesState(rows, series, state);
      }
      yield;
    }
    const removed = [...this.changed.removed].filter((series) => series.instance === instance.id).map(({ name }) => name);
    for (const name of removed) rows.removeFigures(name, instance.id);
    for (const [name, totals] of changedFigures(instance.series, saved, removed)) rows.putFigures(name, instance.id, totals);
  }
}

function* writeInstance(rows: RowWriter, { id }: StoredInstance, state: InstanceState): Steps {
  const { facts, writers, events } = state;
  rows.put("instances", id, JSON.stringify(facts));
  rows.putHead(headValues(id, facts));
  for (const writer of writers) {
    rows.put("writers", id, writer.id, writer.ack, writer.drops === undefined ? null : JSON.stringify(writer.drops));
    yield;
  }
  const firstEvent = facts.storedEvents - events.length;
  for (const [i, event] of events.entries()) {
    rows.put("events", id, firstEvent + i, JSON.stringify(event));
    yield;
  }
  yield* saveLog(rows, id, state);
}

function writeSeriesState(rows: RowWriter, series: Series, { totals, tail, waiting }: SeriesState): void {
  waiting.forEach((chunk, i) => rows.putChunk(chunkId(series.no, totals.chunks - waiting.length + i), chunk));
  if (tail !== undefined) rows.putChunk(chunkId(series.no, totals.chunks), encodeChunk(tail));
  const stored = { ...totals, storedInLast: tail?.count ?? totals.storedInLast };
  rows.put("series", series.no, series.instance, series.name, JSON.stringify(series.labels), encodeTotals(stored));
}
