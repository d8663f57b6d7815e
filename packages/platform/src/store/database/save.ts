import type Database from "libsql";
import { type EncodedChunk, encodeChunk } from "../chunk/chunk.js";
import { encodeHead } from "../chunk/head.js";
import { type Instance, logBytes } from "../instance/instance.js";
import type { Memory } from "../memory.js";
import { encodeTotals } from "../series/totals.js";
import { type ChunkReader, chunkId } from "./chunks.js";
import type { StoredFacts } from "./load.js";
import { saveLog } from "./log-text.js";
import { writeMeta } from "./open.js";

/**
 * Writes everything that changed since the last checkpoint, in one transaction together with the place in the log from which the next start reads.
 *
 * @param nextSegment - first log segment that is not contained
 * @throws the database's error; then nothing was written and memory is as before
 */
export function saveMemory(db: Database.Database, memory: Memory, reader: ChunkReader, nextSegment: number): void {
  const insertWriter = db.prepare(
    "INSERT INTO writers VALUES (?, ?, ?, ?) ON CONFLICT (instance, writer) DO UPDATE SET ack = excluded.ack, drops = excluded.drops",
  );
  const insertEvent = db.prepare("INSERT OR REPLACE INTO events VALUES (?, ?, ?)");
  const insertModel = db.prepare("INSERT OR REPLACE INTO models VALUES (?, ?, ?, ?)");
  const insertEvaluation = db.prepare("INSERT OR REPLACE INTO evaluations VALUES (?, ?, ?)");
  const insertInstance = db.prepare("INSERT INTO instances VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET facts = excluded.facts");
  inTransaction(db, () => {
    for (const instance of memory.changed) {
      insertInstance.run(instance.id, JSON.stringify(storedFacts(instance)));
      for (const writer of instance.writers.values()) {
        if (writer.isDirty)
          insertWriter.run(instance.id, writer.id, writer.ack, writer.drops === undefined ? null : JSON.stringify(writer.drops));
      }
      instance.events.slice(instance.storedEvents).forEach((event, i) => {
        insertEvent.run(instance.id, instance.storedEvents + i, JSON.stringify(event));
      });
      saveLog(db, instance);
    }
    saveSeries(db, memory, reader);
    for (const model of memory.changedModels) insertModel.run(model.name, model.version, model.createdMs, JSON.stringify(model.spec));
    for (const { name, createdMs, result } of memory.changedEvaluations) insertEvaluation.run(name, createdMs, JSON.stringify(result));
    writeMeta(db, "log_segment", nextSegment);
  });
  markSaved(memory);
}

function inTransaction(db: Database.Database, write: () => void): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    write();
    db.exec("COMMIT");
  } catch (error) {
    // SQLite has rolled back by itself when the disk was full.
    if (db.inTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

function saveSeries(db: Database.Database, memory: Memory, reader: ChunkReader): void {
  const insertSeries = db.prepare("INSERT INTO series VALUES (?, ?, ?, ?, ?) ON CONFLICT (no) DO UPDATE SET totals = excluded.totals");
  const insertChunk = db.prepare("INSERT OR REPLACE INTO chunks VALUES (?, ?, ?)");
  const save = (id: number, chunk: EncodedChunk): void => {
    insertChunk.run(id, encodeHead(chunk.head), chunk.body);
    reader.forget(id);
  };
  for (const instance of memory.changed) {
    for (const series of instance.series.values()) {
      if (!series.isDirty) continue;
      const { totals, tail, waiting } = series;
      waiting.forEach((chunk, i) => save(chunkId(series.no, totals.chunks - waiting.length + i), chunk));
      if (tail !== undefined) save(chunkId(series.no, totals.chunks), encodeChunk(tail));
      const stored = { ...totals, storedInLast: tail?.count ?? 0 };
      insertSeries.run(series.no, series.instance, series.name, JSON.stringify(series.labels), encodeTotals(stored));
    }
  }
}

function markSaved(memory: Memory): void {
  for (const instance of memory.changed) {
    instance.isDirty = false;
    instance.storedEvents = instance.events.length;
    instance.log = { storedBytes: logBytes(instance), waiting: [], waitingBytes: 0 };
    for (const writer of instance.writers.values()) writer.isDirty = false;
    for (const series of instance.series.values()) {
      if (series.isDirty) series.markStored(series.tail?.count ?? 0);
      else series.releaseTail();
    }
  }
  for (const instance of memory.warm) {
    if (!memory.changed.has(instance)) for (const series of instance.series.values()) series.releaseTail();
  }
  memory.warm = new Set(memory.changed);
  memory.changed.clear();
  memory.changedModels.clear();
  memory.changedEvaluations.clear();
}

function storedFacts(instance: Instance): StoredFacts {
  const { training, facts, life, createdMs, heartbeatMs, stopRequested, refused, recentBodies, events } = instance;
  return {
    training,
    facts,
    life: [...life],
    createdMs,
    heartbeatMs,
    stopRequested,
    refused,
    recentBodies,
    storedEvents: events.length,
    logBytes: logBytes(instance),
  };
}
