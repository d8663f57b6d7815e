import type { InstanceFacts, RecordsAnswer } from "ava-protocol";
import type Database from "libsql";
import { PlatformError } from "../error.js";
import { readLinePoints, refusePoints } from "../intake/ava/points.js";
import { checkBatch } from "../intake/records/check.js";
import { applyCommand, isRepeated } from "./apply.js";
import type { Change } from "./change.js";
import type { Command, ModelSpec } from "./command.js";
import type { ChunkReader } from "./database/chunks.js";
import { readLog } from "./database/log-text.js";
import { saveMemory } from "./database/save.js";
import { DEFAULT_TRAINING, type Instance, logBytes } from "./instance/instance.js";
import { Keeping } from "./keeping.js";
import type { AppendLog } from "./log/append-log.js";
import type { Aside } from "./log/aside.js";
import { asRefusal, isRefusal } from "./log/refusal.js";
import type { Memory, Model } from "./memory.js";
import type { LinesAnswer, Store, StoreFigures } from "./store.js";

/** Parts of an open store. */
export interface EmbeddedParts {
  db: Database.Database;
  reader: ChunkReader;
  memory: Memory;
  log: AppendLog;
  aside: Aside;
  unlock: () => void;
  now: () => number;
  warn: (message: string) => void;
  checkpointBytes: number;
  checkpointMs: number;
}

/** Log that may wait for a checkpoint: a start must be able to read a segment at once. Only a database that cannot be written lets it grow so far. */
const MAX_LOG_BYTES = 1024 * 1024 * 1024;

const NOTHING = new Uint8Array(0);

/** How long after a failed checkpoint the next is tried, so that a full disk is not hammered. */
const RETRY_CHECKPOINT_MS = 5000;

/** The store of one process: append log, memory, SQLite. Made by `openStore`. */
export class EmbeddedStore implements Store {
  private readonly parts: EmbeddedParts;
  private readonly keeping: Keeping;
  private readonly listeners = new Set<(change: Change) => void>();
  private checkpointTimer: NodeJS.Timeout | undefined;
  private isClosed = false;
  private pointsTaken = 0;
  private requestsTaken = 0;
  private checkpoints = 0;
  private failedCheckpoints = 0;
  private retryAtMs = 0;
  /** The last change was refused by the disk. */
  private isRefused = false;

  /** @param parts - opened parts; the store closes them */
  constructor(parts: EmbeddedParts) {
    this.parts = parts;
    this.keeping = new Keeping(parts.log, (error) => {
      this.tellDisk(error);
      this.tryCheckpoint();
    });
    if (parts.memory.changed.size > 0) this.planCheckpoint();
  }

  get instances(): ReadonlyMap<string, Instance> {
    return this.parts.memory.instances;
  }

  get models(): Memory["models"] {
    return this.parts.memory.models;
  }

  get evaluations(): Memory["evaluations"] {
    return this.parts.memory.evaluations;
  }

  async takeRecords(id: string, body: Uint8Array): Promise<RecordsAnswer> {
    const known = this.instances.get(id);
    const { header, taken, lastSeq, refused, drops } = checkBatch(body, known);
    const ack = known?.writers.get(header.writer)?.ack ?? 0;
    if (header.prevSeq > ack) {
      throw new PlatformError(
        "seq_gap",
        `Records ${ack + 1} to ${header.prevSeq} of writer ${header.writer} are missing. Send from ${ack + 1}.`,
        { ack },
      );
    }
    if (lastSeq > ack || known === undefined) {
      const passed = taken === body ? {} : { passed: { lastSeq, ...(drops === undefined ? {} : { drops }) } };
      await this.take({ kind: "records", instance: id, atMs: this.parts.now(), ...passed }, taken);
    } else {
      this.hear(known);
      // What is sent again may still be on its way to the disk.
      await this.keeping.kept();
    }
    const stop = this.instances.get(id)?.stopRequested;
    return {
      ack: Math.max(ack, lastSeq),
      ...(refused.length === 0 ? {} : { refused: [...refused] }),
      ...(stop === undefined ? {} : { stop: { reason: stop.reason } }),
    };
  }

  async takeLines(id: string, body: Uint8Array): Promise<LinesAnswer> {
    const atMs = this.parts.now();
    const known = this.instances.get(id);
    const lines = readLinePoints(body, atMs);
    const refused = refusePoints(lines.points, known);
    const accepted = lines.points.length - (refused?.places.length ?? 0);
    const rejected = lines.points.length - accepted + lines.rejected;
    if (lines.areTimed && known !== undefined && isRepeated(known, body, atMs)) {
      await this.keeping.kept();
      return { accepted, rejected };
    }
    if (accepted === 0 && rejected > 0) {
      throw new PlatformError("bad_line_protocol", `No line was taken. The first that is wrong: ${lines.reason ?? refused?.reason}.`);
    }
    await this.take({ kind: "lines", instance: id, atMs, ...(refused === undefined ? {} : { refused }) }, body);
    return { accepted, rejected };
  }

  async putFacts(id: string, facts: InstanceFacts): Promise<Instance> {
    const training = facts.training ?? this.instances.get(id)?.training ?? DEFAULT_TRAINING;
    await this.take({ kind: "facts", instance: id, atMs: this.parts.now(), facts: { ...facts, training } });
    return this.instances.get(id)!;
  }

  async requestStop(id: string, reason: string): Promise<void> {
    if (!this.instances.has(id)) throw new PlatformError("not_found", `There is no instance ${id}.`);
    await this.take({ kind: "stop", instance: id, atMs: this.parts.now(), reason });
  }

  async putModel(spec: ModelSpec): Promise<Model> {
    await this.take({ kind: "model", atMs: this.parts.now(), spec });
    const versions = this.models.get(spec.name)!;
    return versions.find((model) => model.version === spec["version"]) ?? versions.at(-1)!;
  }

  async putEvaluation(name: string, result: Record<string, unknown>): Promise<void> {
    await this.take({ kind: "evaluation", atMs: this.parts.now(), name, result });
  }

  readLog(instance: Instance, start: number, end: number): Buffer {
    return readLog(this.parts.db, instance, start, Math.min(end, logBytes(instance)));
  }

  onChange(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  figures(): StoreFigures {
    let series = 0;
    for (const instance of this.instances.values()) series += instance.series.size;
    const { pointsTaken, requestsTaken, checkpoints, failedCheckpoints } = this;
    return {
      instances: this.instances.size,
      series,
      pointsTaken,
      requestsTaken,
      checkpoints,
      failedCheckpoints,
      logBytes: this.parts.log.byteLength,
    };
  }

  /**
   * Brings everything accepted so far into the database and starts a new log segment.
   *
   * @throws PlatformError `store_full`; the store goes on as before
   */
  checkpoint(): void {
    const { db, memory, reader, log, aside } = this.parts;
    clearTimeout(this.checkpointTimer);
    this.checkpointTimer = undefined;
    if (memory.changed.size + memory.changedModels.size + memory.changedEvaluations.size === 0) return;
    try {
      aside.finish();
      saveMemory(db, memory, reader, log.nextSegment);
    } catch (error) {
      throw asRefusal(error);
    }
    log.useNext();
    this.keeping.keepAll();
    this.checkpoints++;
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    const { db, log, unlock } = this.parts;
    try {
      // Those who wait are told of a failure; what was acknowledged before goes into the database all the same.
      await this.keeping.kept().catch(() => undefined);
      this.checkpoint();
    } finally {
      clearTimeout(this.checkpointTimer);
      log.close();
      db.close();
      unlock();
    }
  }

  /** The one way of every change: memory, log, and the answer and the listeners only when it is kept. What fails is taken back and has changed nothing. */
  private async take(command: Command, body: Uint8Array = NOTHING): Promise<void> {
    if (this.isClosed) throw new PlatformError("internal", "The platform is stopping. Send it again later.");
    const { log, memory } = this.parts;
    if (log.byteLength > MAX_LOG_BYTES) {
      throw new PlatformError("store_full", "The platform cannot write its database and its log is full; its own output says why.");
    }
    const undo = memory.begin();
    let change: Change | undefined;
    try {
      change = applyCommand(memory, command, body);
      log.append(command, body);
    } catch (error) {
      undo.takeBack();
      this.tellDisk(error);
      throw error;
    }
    const kept = this.keeping.kept(undo);
    if (log.byteLength >= this.parts.checkpointBytes) this.tryCheckpoint();
    else this.planCheckpoint();
    await kept;
    this.tellDisk(undefined);
    this.requestsTaken++;
    this.pointsTaken += change?.points ?? 0;
    if (change !== undefined) for (const listener of this.listeners) listener(change);
  }

  /** Says once that the disk refuses changes, and once that it takes them again. */
  private tellDisk(error: unknown): void {
    if (error === undefined ? !this.isRefused : this.isRefused || !isRefusal(error)) return;
    this.isRefused = error !== undefined;
    this.parts.warn(
      this.isRefused ? `Changes are refused: ${(error as PlatformError).message}` : "The disk works again; changes are taken.",
    );
  }

  private hear(instance: Instance): void {
    instance.heartbeatMs = this.parts.now();
    const change: Change = { instance, hasFacts: false, series: new Set(), hasLog: false, points: 0 };
    for (const listener of this.listeners) listener(change);
  }

  private planCheckpoint(delayMs: number = this.parts.checkpointMs): void {
    this.checkpointTimer ??= setTimeout(() => {
      this.checkpointTimer = undefined;
      this.tryCheckpoint();
    }, delayMs).unref();
  }

  private tryCheckpoint(): void {
    const { now, warn } = this.parts;
    if (now() < this.retryAtMs) return this.planCheckpoint(this.retryAtMs - now());
    try {
      this.checkpoint();
      this.failedCheckpoints = 0;
    } catch (error) {
      this.failedCheckpoints++;
      this.retryAtMs = now() + RETRY_CHECKPOINT_MS;
      warn(`A checkpoint failed and will be tried again, nothing is lost: ${error instanceof Error ? error.message : String(error)}`);
      this.planCheckpoint();
    }
  }
}
