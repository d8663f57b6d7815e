import { noView } from "../../../error.js";
import { instanceIdOf, type Model, type ModelSpec } from "../../contract/model.js";
import type { KeptTrainingFacts, NewParams, Revision } from "../../contract/training.js";
import type { ChunkSource } from "../../held/series.js";
import type { Numbered } from "../../state/adopt.js";
import { applyCommand, registeredAs } from "../../state/apply.js";
import type { Applied } from "../../state/target.js";
import { planParams } from "../../state/training.js";
import type { Ask, Database } from "../connect/database.js";
import type { Told } from "../live/told.js";
import type { Loader } from "../load/loader.js";
import { WorkingSet } from "../load/working-set.js";
import { lockName, lockTrainings, readVersions, writePut } from "./put.js";

/** What changes of trainings, models, evaluations and views need. */
export interface NamedParts {
  database: Database;
  loader: Loader;
  source: ChunkSource;
  now: () => number;
  replica: string;
  /** Told of each change of an instance that is committed. */
  tell: (applied: Applied) => void;
}

/** Changes what has a name: each in a transaction of its own. Those of one name wait for each other here, so that they do not take all connections. */
export class NamedChanges {
  private readonly parts: NamedParts;
  private readonly last = new Map<string, Promise<unknown>>();

  constructor(parts: NamedParts) {
    this.parts = parts;
  }

  putTraining(name: string, facts: KeptTrainingFacts): Promise<void> {
    return this.ofTraining(name, (set) => {
      applyCommand(set, { kind: "training", training: name, atMs: this.parts.now(), facts }, NOTHING);
    });
  }

  deleteTraining(name: string): Promise<void> {
    return this.ofTraining(name, (set) => {
      applyCommand(set, { kind: "delete-training", training: name, atMs: this.parts.now() }, NOTHING);
    });
  }

  putParams(name: string, params: NewParams): Promise<Revision> {
    return this.ofTraining(name, async (set, ask) => {
      const newest = await ask<{ kept: string }>("SELECT kept FROM ava.revisions WHERE training = $1 ORDER BY revision DESC LIMIT 1", [
        name,
      ]);
      const before = newest[0] && (JSON.parse(newest[0].kept) as Revision);
      const plan = planParams(name, set.findTraining(name), before, params, this.parts.now());
      if (!("kind" in plan)) return plan;
      applyCommand(set, plan, NOTHING);
      return set.putRevisions[0]!;
    });
  }

  putModel(spec: ModelSpec): Promise<Model> {
    return this.applyModel({ kind: "model", atMs: this.parts.now(), spec });
  }

  /** Takes params or a model over from another store. */
  async adopt(numbered: Numbered): Promise<void> {
    if (numbered.kind === "model") await this.applyModel(numbered);
    else await this.ofTraining(numbered.training, (set) => void applyCommand(set, numbered, NOTHING));
  }

  private async applyModel(command: Extract<Numbered, { kind: "model" }>): Promise<Model> {
    const { database, loader, source, replica, tell } = this.parts;
    const { spec } = command;
    const id = instanceIdOf(spec);
    const instance = id === undefined ? undefined : (await loader.fresh([id])).get(id);
    return this.alone(`model ${spec.name}`, async () => {
      const [versions, change] = await database.transaction(async (ask, mark) => {
        const set = new WorkingSet(source);
        if (instance !== undefined) set.instances.set(instance.id, instance);
        await lockName(ask, "model", spec.name);
        set.models.set(spec.name, await readVersions(ask, spec.name));
        const applied = applyCommand(set, command, NOTHING);
        await writePut(ask, set);
        await tellOthers(ask, { by: replica, mark, ...(applied === undefined ? {} : { others: [applied.instance.id] }) });
        return [set.versionsOf(spec.name), applied] as const;
      });
      if (change !== undefined) tell(change);
      return registeredAs(spec, versions);
    });
  }

  putEvaluation(name: string, result: Record<string, unknown>): Promise<void> {
    return this.write((set) => void applyCommand(set, { kind: "evaluation", atMs: this.parts.now(), name, result }, NOTHING));
  }

  putView(name: string, view: Record<string, unknown>): Promise<void> {
    return this.write((set) => void applyCommand(set, { kind: "view", atMs: this.parts.now(), name, view }, NOTHING));
  }

  async deleteView(name: string): Promise<void> {
    const gone = await this.parts.database.ask("DELETE FROM ava.views WHERE name = $1 RETURNING name", [name]);
    if (gone.length === 0) throw noView(name);
  }

  private ofTraining<Result>(name: string, work: (set: WorkingSet, ask: Ask) => Result | Promise<Result>): Promise<Result> {
    return this.alone(`training ${name}`, () =>
      this.write(async (set, ask) => {
        await lockTrainings(ask, [name], set);
        return work(set, ask);
      }),
    );
  }

  private write<Result>(work: (set: WorkingSet, ask: Ask) => Result | Promise<Result>): Promise<Result> {
    const { database, source, replica } = this.parts;
    return database.transaction(async (ask, mark) => {
      const set = new WorkingSet(source);
      const result = await work(set, ask);
      await writePut(ask, set);
      await tellOthers(ask, { by: replica, mark });
      return result;
    });
  }

  private async alone<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.last.get(key);
    const done = (before ?? Promise.resolve()).catch(() => undefined).then(work);
    this.last.set(key, done);
    try {
      return await done;
    } finally {
      if (this.last.get(key) === done) this.last.delete(key);
    }
  }
}

async function tellOthers(ask: Ask, told: Told): Promise<void> {
  await ask("INSERT INTO ava.changes (what) VALUES ($1)", [JSON.stringify(told)]);
}

const NOTHING = new Uint8Array(0);
