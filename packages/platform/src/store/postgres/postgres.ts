import type { InstanceFacts, RecordsAnswer } from "ava-protocol";
import { PlatformError } from "../../error.js";
import type { BucketClaim } from "../bucket-owner/claim.js";
import type { ChangePage } from "../contract/change.js";
import type { Model, ModelSpec } from "../contract/model.js";
import type { ReparseAnswer, ReparseHead } from "../contract/reparse.js";
import type { LinesAnswer, StoreCapabilities, StoreFigures } from "../contract/store.js";
import type { KeptTrainingFacts, NewParams, Revision } from "../contract/training.js";
import { type AdoptedState, type Adoption, adoptedStateOf, type CopiedStore, type Numbered } from "../state/adopt.js";
import { Questions } from "./ask/questions.js";
import {
  adoptChange,
  type Change,
  deleteChange,
  factsChange,
  linesChange,
  recordsChange,
  reparseChange,
  restoreChange,
  stopChange,
  undoReparseChange,
} from "./commit/change.js";
import type { Committer } from "./commit/committer.js";
import type { NamedChanges } from "./commit/named.js";
import type { SharedTurns } from "./commit/shared-turns.js";
import type { Database } from "./connect/database.js";
import type { Changes } from "./live/changes.js";
import type { Bases } from "./load/bases.js";
import type { Loader } from "./load/loader.js";
import { mendHeartbeats } from "./mend-heartbeats.js";
import { prune } from "./prune.js";
import type { Sealer } from "./seal/sealer.js";
import type { StoredBodies } from "./segments/stored-bodies.js";

/** Parts of an open store. */
export interface PostgresParts {
  database: Database;
  loader: Loader;
  bases: Bases;
  sealer: Sealer;
  bodies: StoredBodies;
  committer: Committer;
  named: NamedChanges;
  changes: Changes;
  turns: SharedTurns;
  now: () => number;
}

/** A replica of the store that PostgreSQL keeps. Made by `openPostgres`. */
export class PostgresStore extends Questions implements CopiedStore {
  readonly capabilities: StoreCapabilities = { persistent: true, replicas: true };
  private readonly parts: PostgresParts;
  private isClosed = false;

  /** @param parts - opened parts; the store closes them */
  constructor(parts: PostgresParts) {
    super(parts.database, parts.loader, parts.bases, parts.now);
    this.parts = parts;
  }

  takeRecords(id: string, body: Uint8Array, seenRecords?: number): Promise<RecordsAnswer> {
    return this.commit(recordsChange(id, body, seenRecords));
  }

  takeLines(id: string, body: Uint8Array): Promise<LinesAnswer> {
    return this.commit(linesChange(id, body));
  }

  putFacts(id: string, facts: InstanceFacts): Promise<void> {
    return this.commit(factsChange(id, facts));
  }

  requestStop(id: string, reason: string): Promise<void> {
    return this.commit(stopChange(id, reason));
  }

  deleteInstance(id: string): Promise<void> {
    return this.commit(deleteChange(id));
  }

  restoreInstance(id: string): Promise<void> {
    return this.commit(restoreChange(id));
  }

  takeReparseTurn(id: string): Promise<() => Promise<void>> {
    return this.parts.turns.take(id);
  }

  addReparsed(id: string, head: ReparseHead, points: Uint8Array, isDone: boolean): Promise<ReparseAnswer> {
    return this.commit(reparseChange(id, head, points, isDone));
  }

  undoReparse(id: string, n: number, by?: string): Promise<void> {
    return this.commit(undoReparseChange(id, n, by));
  }

  async putTraining(name: string, facts: KeptTrainingFacts): Promise<void> {
    this.refuseClosed();
    await this.parts.named.putTraining(name, facts);
  }

  async putParams(training: string, params: NewParams): Promise<Revision> {
    this.refuseClosed();
    return this.parts.named.putParams(training, params);
  }

  async deleteTraining(name: string): Promise<void> {
    this.refuseClosed();
    await this.parts.named.deleteTraining(name);
  }

  async putModel(spec: ModelSpec): Promise<Model> {
    this.refuseClosed();
    return this.parts.named.putModel(spec);
  }

  async putEvaluation(name: string, result: Record<string, unknown>): Promise<void> {
    this.refuseClosed();
    await this.parts.named.putEvaluation(name, result);
  }

  async putView(name: string, view: Record<string, unknown>): Promise<void> {
    this.refuseClosed();
    await this.parts.named.putView(name, view);
  }

  async deleteView(name: string): Promise<void> {
    this.refuseClosed();
    await this.parts.named.deleteView(name);
  }

  /** Whose the bucket is; absent where there is none. */
  get bucketClaim(): BucketClaim | undefined {
    return this.parts.bodies.claim;
  }

  async prune(): Promise<number> {
    const { database, bodies, now } = this.parts;
    const removed = await prune(database, bodies, now());
    await bodies.sweep(now());
    // Older platforms beside may write some again.
    await mendHeartbeats(database.ask);
    return removed;
  }

  /** @returns by how many milliseconds this process' clock is ahead of the server's @throws PlatformError `store_failed` */
  async clockAheadMs(): Promise<number> {
    const [row] = await this.parts.database.ask<{ ms: number }>("SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms");
    return this.parts.now() - row!.ms;
  }

  /** @returns milliseconds since 1970, by the clock of this process; where that is ahead of the server's, by the server's */
  now(): number {
    return this.parts.database.notAhead(this.parts.now());
  }

  async adoptedState(id: string): Promise<AdoptedState> {
    return adoptedStateOf(await this.parts.loader.shown(id));
  }

  async adopt(adoption: Adoption | Numbered, body: Uint8Array): Promise<void> {
    this.refuseClosed();
    await ("instance" in adoption ? this.commit(adoptChange(adoption, body)) : this.parts.named.adopt(adoption));
  }

  watch(wake: () => void): () => void {
    return this.parts.changes.watch(wake);
  }

  changesSince(cursor: string | undefined): Promise<ChangePage> {
    return this.parts.changes.since(cursor);
  }

  async figures(): Promise<StoreFigures> {
    const text = `SELECT count(*) AS instances, coalesce(sum(series), 0)::bigint AS series, coalesce(sum(unsealed_bytes), 0)::bigint AS "logBytes"
      FROM ava.instances WHERE deleted_ms IS NULL`;
    const [sums] = await this.parts.database.ask<Pick<StoreFigures, "instances" | "series" | "logBytes">>(text);
    const { committer, sealer } = this.parts;
    const { points, requests } = committer.committed;
    return {
      ...sums!,
      pointsTaken: points,
      requestsTaken: requests,
      checkpoints: sealer.sealed,
      failedCheckpoints: sealer.failed,
      damagedPlaces: 0,
    };
  }

  /** Seals everything that came in, unless another replica is doing it. @throws PlatformError `store_failed`, `store_full` */
  seal(): Promise<void> {
    return this.parts.sealer.sealAll();
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    const { committer, changes, database, sealer, turns } = this.parts;
    turns.close();
    await Promise.all([committer.drained(), sealer.stop()]);
    changes.close();
    await database.close();
  }

  private async commit<Answer>(change: Change<Answer>): Promise<Answer> {
    this.refuseClosed();
    return this.parts.committer.commit(change);
  }

  private refuseClosed(): void {
    if (this.isClosed) throw new PlatformError("stopping", "The platform is stopping. Send it again later.");
  }
}
