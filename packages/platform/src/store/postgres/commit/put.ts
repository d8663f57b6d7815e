import { instanceIdOf, type Model } from "../../contract/model.js";
import type { KeptTraining } from "../../state/target.js";
import type { Ask } from "../connect/database.js";
import type { WorkingSet } from "../load/working-set.js";

/** Makes those who change what has a name wait for each other, until the transaction ends. */
export async function lockName(ask: Ask, kind: "training" | "model", name: string): Promise<void> {
  await ask("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [`ava ${kind} ${name}`]);
}

/** Locks trainings, whose rows may not be there yet, and reads them. */
export async function lockTrainings(ask: Ask, names: readonly string[], set: WorkingSet): Promise<void> {
  for (const name of [...new Set(names)].sort()) await lockName(ask, "training", name);
  for (const training of await readTrainings(ask, names)) set.trainings.set(training.name, training);
}

/** @param names - of those that are wanted; absent for all @returns what was told of trainings, also of deleted ones */
export async function readTrainings(ask: Ask, names?: readonly string[]): Promise<KeptTraining[]> {
  const rows =
    names === undefined
      ? await ask<{ kept: string }>("SELECT kept FROM ava.trainings ORDER BY name")
      : await ask<{ kept: string }>("SELECT kept FROM ava.trainings WHERE name = ANY ($1::text[])", [names]);
  return rows.map(({ kept }) => JSON.parse(kept) as KeptTraining);
}

/** @returns versions of a model, the oldest first */
export async function readVersions(ask: Ask, name: string): Promise<Model[]> {
  const rows = await ask<{ kept: string }>("SELECT kept FROM ava.models WHERE name = $1 ORDER BY place", [name]);
  return rows.map(({ kept }) => JSON.parse(kept) as Model);
}

/** Writes what commands have put beside instances. */
export async function writePut(ask: Ask, set: WorkingSet): Promise<void> {
  for (const training of set.putTrainings.values()) {
    const text = `INSERT INTO ava.trainings (name, kept, deleted_ms) VALUES ($1, $2, $3)
      ON CONFLICT (name) DO UPDATE SET kept = excluded.kept, deleted_ms = excluded.deleted_ms`;
    await ask(text, [training.name, JSON.stringify(training), training.deletedMs ?? null]);
  }
  for (const revision of set.putRevisions) {
    const values = [revision.training, revision.revision, JSON.stringify(revision)];
    await ask("INSERT INTO ava.revisions (training, revision, kept) VALUES ($1, $2, $3)", values);
  }
  for (const model of set.putModels) {
    const text = `INSERT INTO ava.models (name, version, instance, kept) VALUES ($1, $2, $3, $4)
      ON CONFLICT (name, version) DO UPDATE SET instance = excluded.instance, kept = excluded.kept, place = nextval('ava.model_order')`;
    await ask(text, [model.name, model.version, instanceIdOf(model.spec) ?? null, JSON.stringify(model)]);
  }
  for (const evaluation of set.putEvaluations) await putNamed(ask, "evaluations", evaluation);
  for (const view of set.putViews) {
    if (view.view !== undefined) await putNamed(ask, "views", view);
    else await ask("DELETE FROM ava.views WHERE name = $1", [view.name]);
  }
}

async function putNamed(ask: Ask, table: "evaluations" | "views", one: { name: string }): Promise<void> {
  const text = `INSERT INTO ava.${table} (name, kept) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET kept = excluded.kept`;
  await ask(text, [one.name, JSON.stringify(one)]);
}
