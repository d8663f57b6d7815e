import type { InstanceFacts, RecordsAnswer } from "ava-protocol";
import { DEFAULT_TRAINING } from "ava-protocol";
import type Database from "libsql";
import { notFound, noView, PlatformError } from "../../error.js";
import type { ChangePage } from "../contract/change.js";
import type { Model, ModelSpec } from "../contract/model.js";
import type { ReparseAnswer, ReparseHead } from "../contract/reparse.js";
import type { LinesAnswer, StoreCapabilities, StoreFigures } from "../contract/store.js";
import type { KeptTrainingFacts, NewParams, Revision } from "../contract/training.js";
import { type AdoptedState, type Adoption, adoptedStateOf, type CopiedStore, type Numbered } from "../state/adopt.js";
import { applyCommand, hear, registeredAs } from "../state/apply.js";
import { ChangeTrack } from "../state/change-track.js";
import type { Command } from "../state/command.js";
import { refuseDeleted, refuseOld } from "../state/deleted.js";
import { stopOf } from "../state/instance.js";
import { planLines, planRecords, planReparse } from "../state/plan.js";
import { checkReparse } from "../state/reparse.js";
import { ReparseTurns } from "../state/reparse-turns.js";
import type { Applied } from "../state/target.js";
import { planParams } from "../state/training.js";
import { type CheckpointParts, Checkpoints } from "./checkpoints.js";
import { bringForward } from "./database/bring-forward.js";
import type { CandidateReader } from "./database/candidates.js";
import type { HeadReader } from "./database/heads.js";
import type { LogReader } from "./database/log-text.js";
import type { StructureCheck } from "./database/structure.js";
import { DiskWords } from "./disk-words.js";
import { Keeping } from "./keeping.js";
import { prune } from "./prune.js";
import { Questions } from "./questions.js";

/** Parts of an open store. */
export interface EmbeddedParts extends CheckpointParts {
  db: Database.Database;
  logReader: LogReader;
  heads: HeadReader;
  candidates: CandidateReader;
  structure: StructureCheck;
  unlock: () => void;
  checkpointBytes: number;
}

/** Log that may wait for a checkpoint: a start must be able to read a segment at once. Only a database that cannot be written lets it grow so far. */
const MAX_LOG_BYTES = 1024 * 1024 * 1024;

const NOTHING = new Uint8Array(0);

/** The store of one process: append log, memory, SQLite. Made by `openStore`. */
export class EmbeddedStore extends Questions implements CopiedStore {
  readonly capabilities: StoreCapabilities = { persistent: true, replicas: false };
  private readonly parts: EmbeddedParts;
  private readonly keeping: Keeping;
  private readonly checkpoints: Checkpoints;
  private readonly track = new ChangeTrack();
  private readonly turns = new ReparseTurns();
  private isClosed = false;
  private pointsTaken = 0;
  private requestsTaken = 0;
  private readonly disk: DiskWords;
  private bringing: Promise<void> = Promise.resolve();

  /** @param parts - opened parts; the store closes them */
  constructor(parts: EmbeddedParts) {
    super(parts);
    this.parts = parts;
    this.disk = new DiskWords(parts.warn);
    this.keeping = new Keeping(parts.log, (error) => {
      this.disk.tell(error);
      this.checkpoints.try();
    });
    this.checkpoints = new Checkpoints(parts, this.keeping);
    if (parts.reader.hasFormat1) this.bringing = this.bringForward();
    else if (parts.memory.hasChanged) this.checkpoints.plan();
  }

  async takeRecords(id: string, body: Uint8Array, seenRecords?: number): Promise<RecordsAnswer> {
    await this.enter();
    const { memory, now } = this.parts;
    const known = memory.find(id);
    // Nothing comes between what it builds on and `take`: the acknowledgement is what the plan expects.
    const plan = planRecords(id, known, body, now(), seenRecords);
    if (plan.command !== undefined) await this.take(plan.command, plan.body);
    else {
      if (known !== undefined) {
        // Stored with the next checkpoint: lists know of stored instances only what is stored.
        memory.changed.instances.add(known);
        this.track.note(hear(known, now()));
      }
      // What is sent again may still be on its way to the disk.
      await this.keeping.kept();
    }
    return { ...plan.answer, ...stopOf(memory.find(id), plan.writer) };
  }

  async takeLines(id: string, body: Uint8Array): Promise<LinesAnswer> {
    await this.enter();
    const { memory, now } = this.parts;
    const plan = planLines(id, memory.find(id), body, now());
    if (plan.command !== undefined) await this.take(plan.command, plan.body);
    else await this.keeping.kept();
    return plan.answer;
  }

  async putFacts(id: string, facts: InstanceFacts): Promise<void> {
    await this.enter();
    const { memory, now } = this.parts;
    const known = memory.find(id);
    refuseDeleted(known);
    const training = facts.training ?? known?.training ?? DEFAULT_TRAINING;
    await this.take({ kind: "facts", instance: id, atMs: now(), facts: { ...facts, training } });
  }

  async requestStop(id: string, reason: string): Promise<void> {
    await this.enter();
    const { memory, now } = this.parts;
    memory.shown(id);
    await this.take({ kind: "stop", instance: id, atMs: now(), reason });
  }

  async deleteInstance(id: string): Promise<void> {
    await this.enter();
    const { memory, now } = this.parts;
    memory.shown(id);
    await this.take({ kind: "delete", instance: id, atMs: now() });
  }

  async restoreInstance(id: string): Promise<void> {
    await this.enter();
    const { memory, now } = this.parts;
    const instance = memory.find(id);
    if (instance === undefined) throw notFound(id);
    refuseOld(instance, now());
    if (instance.deletedMs !== undefined) await this.take({ kind: "restore", instance: id, atMs: now() });
  }

  async putTraining(name: string, facts: KeptTrainingFacts): Promise<void> {
    await this.enter();
    await this.take({ kind: "training", training: name, atMs: this.parts.now(), facts });
  }

  async putParams(training: string, params: NewParams): Promise<Revision> {
    await this.enter();
    const { memory, now } = this.parts;
    const newest = memory.revisions.get(training)?.at(-1);
    const plan = planParams(training, memory.findTraining(training), newest, params, now());
    if ("kind" in plan) await this.take(plan);
    else await this.keeping.kept();
    return memory.revisions.get(training)!.find(({ revision }) => revision === plan.revision)!;
  }

  async deleteTraining(name: string): Promise<void> {
    await this.enter();
    await this.take({ kind: "delete-training", training: name, atMs: this.parts.now() });
  }

  /** Removes for good what can no longer be restored. */
  async prune(): Promise<number> {
    await this.checkpoint();
    return this.checkpoints.alone(() => prune(this.parts));
  }

  async takeReparseTurn(id: string): Promise<() => Promise<void>> {
    return this.turns.take(id);
  }

  async addReparsed(id: string, head: ReparseHead, points: Uint8Array, isDone: boolean): Promise<ReparseAnswer> {
    await this.enter();
    const { memory, now } = this.parts;
    const { command, body, answer } = planReparse(memory.shown(id), head, points, isDone, now());
    await this.take(command, body);
    return answer;
  }

  /** A checkpoint that is being written has counted the series that go. */
  undoReparse(id: string, n: number, by?: string): Promise<void> {
    return this.checkpoints.alone(async () => {
      await this.enter();
      const { memory, now } = this.parts;
      checkReparse(memory.shown(id), n, by);
      await this.take({ kind: "undoReparse", instance: id, atMs: now(), n });
    });
  }

  async putModel(spec: ModelSpec): Promise<Model> {
    await this.enter();
    await this.take({ kind: "model", atMs: this.parts.now(), spec });
    return registeredAs(spec, this.parts.memory.versionsOf(spec.name));
  }

  async putEvaluation(name: string, result: Record<string, unknown>): Promise<void> {
    await this.enter();
    await this.take({ kind: "evaluation", atMs: this.parts.now(), name, result });
  }

  async putView(name: string, view: Record<string, unknown>): Promise<void> {
    await this.enter();
    await this.take({ kind: "view", atMs: this.parts.now(), name, view });
  }

  async deleteView(name: string): Promise<void> {
    await this.enter();
    if (this.parts.memory.views.get(name)?.view === undefined) throw noView(name);
    await this.take({ kind: "view", atMs: this.parts.now(), name });
  }

  async adoptedState(id: string): Promise<AdoptedState> {
    return adoptedStateOf(this.parts.memory.shown(id));
  }

  async adopt(adoption: Adoption | Numbered, body: Uint8Array): Promise<void> {
    await this.enter();
    await this.take(adoption, body);
  }

  watch(wake: () => void): () => void {
    return this.track.watch(wake);
  }

  async changesSince(cursor: string | undefined): Promise<ChangePage> {
    return this.track.since(cursor);
  }

  async figures(): Promise<StoreFigures> {
    const { log, damage } = this.parts;
    const { pointsTaken, requestsTaken, checkpoints } = this;
    const { made, failed } = checkpoints;
    const taken = { pointsTaken, requestsTaken, logBytes: log.byteLength, damagedPlaces: damage.size };
    return { ...this.counts(), ...taken, checkpoints: made, failedCheckpoints: failed };
  }

  /** Brings everything accepted so far into the database. @throws PlatformError `store_full`, `store_failed`, `store_damaged`; the store goes on as before */
  checkpoint(): Promise<void> {
    return this.checkpoints.make();
  }

  /** Before a command looks at anything. */
  private enter(): Promise<void> {
    return this.checkpoints.enter();
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.checkpoints.stop();
    const { db, log, writer, structure, unlock, warn } = this.parts;
    try {
      await structure.stop();
      // Those who wait are told of a failure; what was acknowledged before goes into the database all the same.
      await this.keeping.kept().catch(() => undefined);
      await this.checkpoint().catch((error: unknown) => {
        warn(`The last checkpoint failed, nothing is lost: ${messageOf(error)} The next start reads the log.`);
      });
      await this.bringing;
    } finally {
      log.close();
      await writer.close();
      db.close();
      unlock();
    }
  }

  /** The one way of every change: memory, log, and the answer and the listeners only when it is kept. What fails is taken back and has changed nothing. */
  private async take(command: Command, body: Uint8Array = NOTHING): Promise<void> {
    if (this.isClosed) throw new PlatformError("stopping", "The platform is stopping. Send it again later.");
    const { log, memory } = this.parts;
    if (log.byteLength > MAX_LOG_BYTES) {
      throw new PlatformError("store_full", "The platform cannot write its database and its log is full; its own output says why.");
    }
    const undo = memory.begin();
    let change: Applied | undefined;
    try {
      change = applyCommand(memory, command, body);
      log.append(command, body);
    } catch (error) {
      undo.takeBack();
      this.disk.tell(error);
      throw error;
    }
    const kept = this.keeping.kept(undo);
    if (log.byteLength >= this.parts.checkpointBytes) this.checkpoints.try();
    else this.checkpoints.plan();
    await kept;
    this.disk.tell(undefined);
    this.requestsTaken++;
    this.pointsTaken += change?.points ?? 0;
    if (change !== undefined) this.track.note(change);
  }

  /** A store of format 1: facts are stored anew by a checkpoint, then everything else little by little. */
  private async bringForward(): Promise<void> {
    const { db, writer, damage, reader, logReader, warn } = this.parts;
    try {
      await this.checkpoint();
      if (!(await bringForward(db, writer, damage, () => this.isClosed))) return;
      reader.hasFormat1 = false;
      logReader.hasFormat1 = false;
    } catch (error) {
      warn(`The store was not brought forward to the new format, the next start goes on: ${messageOf(error)}`);
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
