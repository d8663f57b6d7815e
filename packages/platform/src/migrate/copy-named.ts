import { isDeepStrictEqual } from "node:util";
import { PlatformError } from "../error.js";
import type { Training } from "../store/contract/training.js";
import type { CopiedStore } from "../store/state/adopt.js";
import type { End } from "./ends.js";

/** Everything that does not belong to an instance, as one store has it. */
export interface Named {
  trainings: (Training | undefined)[];
  revisions: unknown[];
  models: unknown[];
  evaluations: unknown[];
  views: unknown[];
}

/** Brings trainings, params, models, evaluations and views to the target, with the times at which they were made, as far as they are not there. */
export async function copyNamed(source: CopiedStore, { store: target, clock }: End): Promise<void> {
  for (const name of await trainingNames(source)) {
    const { createdMs, newestRevision: _newest, name: _name, ...facts } = (await trainingIn(source, name)) ?? {};
    if (createdMs === undefined) continue;
    clock.nowMs = createdMs;
    if ((await trainingIn(target, name)) === undefined) await target.putTraining(name, facts);
    const known = new Set((await target.revisions(name)).map(({ revision }) => revision));
    for (const { createdMs: atMs, ...revision } of await source.revisions(name)) {
      if (!known.has(revision.revision)) await target.adopt({ kind: "params", atMs, ...revision }, NOTHING);
    }
  }
  const models = new Set((await target.models({})).map(({ name, version }) => JSON.stringify([name, version])));
  for (const { name, version, createdMs: atMs, spec } of await source.models({})) {
    if (!models.has(JSON.stringify([name, version]))) await target.adopt({ kind: "model", atMs, spec, version }, NOTHING);
  }
  const evaluations = new Set((await target.evaluations()).map(({ name }) => name));
  for (const { name, createdMs, result } of await source.evaluations()) {
    if (evaluations.has(name)) continue;
    clock.nowMs = createdMs;
    await target.putEvaluation(name, result);
  }
  const views = new Set((await target.views()).map(({ name }) => name));
  for (const { name, changedMs, view } of await source.views()) {
    if (views.has(name)) continue;
    clock.nowMs = changedMs;
    await target.putView(name, view);
  }
  clock.nowMs = Date.now();
}

/** @returns everything that does not belong to an instance, in one order for all stores */
export async function namedIn(store: CopiedStore): Promise<Named> {
  const names = await trainingNames(store);
  const trainings = await each(names, (name) => trainingIn(store, name));
  const told = trainings.flatMap((training) => (training === undefined ? [] : [training.name]));
  return {
    trainings: trainings.filter((training) => training !== undefined),
    revisions: (await each(told, (name) => store.revisions(name))).flat(),
    models: byName(await store.models({})),
    evaluations: byName(await store.evaluations()),
    views: byName(await store.views()),
  };
}

/** @returns what differs, in words; `undefined` where nothing does */
export function differenceOf(source: Named, target: Named): string | undefined {
  const kinds = Object.keys(source) as (keyof Named)[];
  const other = kinds.find((kind) => !isDeepStrictEqual(source[kind], target[kind]));
  return other && `of ${other} the source has ${source[other].length}, the target ${target[other].length}, and they are not the same`;
}

async function trainingNames(store: CopiedStore): Promise<string[]> {
  return (await store.trainings(0)).map(({ name }) => name).sort();
}

async function trainingIn(store: CopiedStore, name: string): Promise<Training | undefined> {
  try {
    return await store.training(name);
  } catch (error) {
    if (error instanceof PlatformError && error.code === "deleted") return undefined;
    throw error;
  }
}

async function each<One, Result>(all: readonly One[], ask: (one: One) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (const one of all) results.push(await ask(one));
  return results;
}

function byName<One extends { name: string }>(all: readonly One[]): One[] {
  return [...all].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

const NOTHING = new Uint8Array(0);
