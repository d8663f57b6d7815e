import { type Evaluation, isAskedFor, type Model, type ModelQuery } from "../contract/model.js";
import { inSlices } from "../slices.js";
import type { Changed } from "./changed.js";

/** Where models and results of evaluations that are stored. */
export interface ModelSource {
  /** @returns versions of a model, oldest first. @throws PlatformError `store_damaged` */
  versionsOf(name: string): Model[];
  /** Reads models in steps. @param found - gets those that are asked for, and maybe others; of each name the oldest first. @throws PlatformError `store_damaged` */
  readModels(query: ModelQuery, found: Model[]): Generator<void, void>;
  /** @throws PlatformError `store_damaged` */
  evaluation(name: string): Evaluation | undefined;
  /** @throws PlatformError `store_damaged` */
  allEvaluations(): Evaluation[];
}

/** Models and results of evaluations: those that are stored, with what the database does not hold yet. */
export class Models {
  private source: ModelSource | undefined;
  private readonly unstored: () => readonly Changed[];

  /** @param unstored - gives what the database does not hold yet, oldest first */
  constructor(unstored: () => readonly Changed[]) {
    this.unstored = unstored;
  }

  /** Those that are stored come from there. */
  readFrom(source: ModelSource): void {
    this.source = source;
  }

  /** @returns versions of a model, oldest first. @throws PlatformError `store_damaged` */
  versionsOf(name: string): Model[] {
    return withNewer(this.source?.versionsOf(name) ?? [], this.newer(name));
  }

  /** @returns models, of each name the oldest first. @throws PlatformError `store_damaged` */
  async find(query: ModelQuery): Promise<Model[]> {
    const found: Model[] = [];
    // What is stored meanwhile may have been passed.
    const before = this.newer(query.name);
    if (this.source !== undefined) await inSlices(this.source.readModels(query, found));
    // One of another instance may be in the place of one that is asked for.
    return withNewer(found, [...before, ...this.newer(query.name)]).filter((model) => isAskedFor(model, query));
  }

  /** @returns the result of an evaluation. @throws PlatformError `store_damaged` */
  evaluation(name: string): Evaluation | undefined {
    return this.newerEvaluations().findLast((evaluation) => evaluation.name === name) ?? this.source?.evaluation(name);
  }

  /** @returns results of all evaluations. @throws PlatformError `store_damaged` */
  evaluations(): Evaluation[] {
    const all = [...(this.source?.allEvaluations() ?? []), ...this.newerEvaluations()];
    return [...new Map(all.map((evaluation) => [evaluation.name, evaluation])).values()];
  }

  private newerEvaluations(): Evaluation[] {
    return this.unstored().flatMap(({ evaluations }) => [...evaluations]);
  }

  private newer(name: string | undefined): Model[] {
    return this.unstored()
      .flatMap(({ models }) => [...models])
      .filter((model) => (name ?? model.name) === model.name);
  }
}

/** @returns models with newer ones: a version that is there again takes the place behind all others */
function withNewer(models: readonly Model[], newer: readonly Model[]): Model[] {
  if (newer.length === 0) return [...models];
  const all = new Map<string, Model>();
  for (const model of [...models, ...newer]) {
    const key = JSON.stringify([model.name, model.version]);
    all.delete(key);
    all.set(key, model);
  }
  return [...all.values()];
}
