import type { InstanceFacts, RecordsAnswer } from "ava-protocol";
import { DEFAULT_TRAINING } from "ava-protocol";
import type Database from "libsql";
import { PlatformError } from "../../error.js";
import { readLinePoints, refusePoints } from "../../intake/ava/points.js";
import { checkBatch } from "../../intake/records/check.js";
import type { Change } from "../contract/change.js";
import type { Command, ModelSpec } from "../contract/command.js";
import type { LinesAnswer, Store, StoreFigures } from "../contract/store.js";
import { applyCommand, isRepeated } from "./apply.js";
import { type CheckpointParts, Checkpoints } from "./checkpoints.js";
import { bringForward } from "./database/bring-forward.js";
import type { LogMark } from "./database/log-marks.js";
import type { LogBytes, LogReader } from "./database/log-text.js";
import { type Instance, logBytes } from "./instance/instance.js";
import { Keeping } from "./keeping.js";
import { isRefusal } from "./log/refusal.js";
import type { Memory, Model } from "./memory.js";

/** Parts of an open store. */
export interface EmbeddedParts extends CheckpointParts {
  db: Database.Database;
  logReader: LogReader;
  unlock: () => void;
  checkpointBytes: number;
}

/** Log that may wait for a checkpoint: a start must be able to read a segment at once. Only a database that cannot be written lets it grow so far. */
const MAX_LOG_BYTES = 1024 * 1024 * 1024;

const NOTHING = new Uint8Array(0);

/** The store of one process: append log, memory, SQLite. Made by `openStore`. */
export class EmbeddedStore implements Store {
  private readonly parts: EmbeddedParts;
  private readonly keeping: Keeping;
  private readonly checkpoints: Checkpoints;
  private readonly listeners = new Set<(change: Change) => void>();
  private isClosed = false;
  private pointsTaken = 0;
  private requestsTaken = 0;
  /** The last change was refused by the disk. */
  private isRefused = false;
  private bringing: Promise<void> = Promise.resolve();

  /** @param parts - opened parts; the store closes them */
  constructor(parts: EmbeddedParts) {
    this.parts = parts;
    this.keeping = new Keeping(parts.log, (error) => {
      this.tellDisk(error);
      this.checkpoints.try();
    });
    this.checkpoints = new Checkpoints(parts, this.keeping);
    if (parts.reader.hasFormat1) this.bringing = this.bringForward();
    else if (parts.memory.hasChanged) this.checkpoints.plan();
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
    await this.enter(id);
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
    await this.enter(id);
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
    await this.enter(id);
    const training = facts.training ?? this.instances.get(id)?.training ?? DEFAULT_TRAINING;
    await this.take({ kind: "facts", instance: id, atMs: this.parts.now(), facts: { ...facts, training } });
    return this.instances.get(id)!;
  }

  async requestStop(id: string, reason: string): Promise<void> {
    await this.enter(id);
    if (!this.instances.has(id)) throw new PlatformError("not_found", `There is no instance ${id}.`);
    await this.take({ kind: "stop", instance: id, atMs: this.parts.now(), reason });
  }

  async putModel(spec: ModelSpec): Promise<Model> {
    await this.enter();
    await this.take({ kind: "model", atMs: this.parts.now(), spec });
    const versions = this.models.get(spec.name)!;
    return versions.find((model) => model.version === spec["version"]) ?? versions.at(-1)!;
  }

  async putEvaluation(name: string, result: Record<string, unknown>): Promise<void> {
    await this.enter();
    await this.take({ kind: "evaluation", atMs: this.parts.now(), name, result });
  }

  readLog(instance: Instance, start: number, end: number): LogBytes {
    return this.parts.logReader.read(instance, start, Math.min(end, logBytes(instance)));
  }

  readLogMarks(instance: Instance, start: number, end: number): LogMark[] {
    return this.parts.logReader.readMarks(instance, start, Math.min(end, logBytes(instance)));
  }

  damageOf(id: string): string | undefined {
    return this.parts.memory.setAside.get(id);
  }

  onChange(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  figures(): StoreFigures {
    let series = 0;
    for (const instance of this.instances.values()) series += instance.series.size;
    const { pointsTaken, requestsTaken } = this;
    return {
      instances: this.instances.size,
      series,
      pointsTaken,
      requestsTaken,
      checkpoints: this.checkpoints.made,
      failedCheckpoints: this.checkpoints.failed,
      logBytes: this.parts.log.byteLength,
      damagedPlaces: this.parts.damage.size,
    };
  }

  /** Brings everything accepted so far into the database. @throws PlatformError `store_full`, `store_failed`, `store_damaged`; the store goes on as before */
  checkpoint(): Promise<void> {
    return this.checkpoints.make();
  }

  /** Before a request looks at anything. @throws PlatformError `store_damaged` for an instance that cannot be read whole */
  private async enter(id?: string): Promise<void> {
    await this.checkpoints.enter();
    if (id !== undefined) this.parts.memory.refuseDamaged(id);
  }

  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    this.checkpoints.stop();
    const { db, log, writer, unlock, warn } = this.parts;
    try {
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
    if (log.byteLength >= this.parts.checkpointBytes) this.checkpoints.try();
    else this.checkpoints.plan();
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
