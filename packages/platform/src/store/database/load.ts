import type { Labels } from "ava-protocol";
import type Database from "libsql";
import type { Instance } from "../instance/instance.js";
import { lifeOf, type Part } from "../instance/life.js";
import type { Memory } from "../memory.js";
import { decodeTotals } from "../series/totals.js";
import { type Blob, blobBytes } from "./open.js";

/** Facts of an instance as the table `instances` has them. */
export type StoredFacts = Pick<
  Instance,
  "training" | "facts" | "createdMs" | "heartbeatMs" | "stopRequested" | "refused" | "recentBodies" | "storedEvents"
> & {
  logBytes: number;
  /** Absent where an older version wrote it. */
  life?: [writer: string, Part][];
};

/**
 * Reads everything but points and log text into memory.
 *
 * @param db - an open store database
 * @param memory - empty; filled
 */
export function loadMemory(db: Database.Database, memory: Memory): void {
  for (const row of rows<{ id: string; facts: string }>(db, "SELECT id, facts FROM instances")) {
    const { logBytes, life, ...stored } = JSON.parse(row.facts) as StoredFacts;
    const instance = memory.instanceOf(row.id, stored.training, stored.createdMs);
    Object.assign(instance, stored, {
      life: life === undefined ? lifeOf(stored.facts, stored.heartbeatMs) : new Map(life),
      isDirty: false,
    });
    instance.log.storedBytes = logBytes;
  }
  memory.changed.clear();
  const instanceOf = (id: string): Instance => memory.instances.get(id)!;
  for (const row of rows<{ instance: string; writer: string; ack: number; drops: string | null }>(db, "SELECT * FROM writers")) {
    const drops = row.drops === null ? undefined : JSON.parse(row.drops);
    instanceOf(row.instance).writers.set(row.writer, { id: row.writer, ack: row.ack, drops, isDirty: false });
  }
  type SeriesRow = { no: number; instance: string; name: string; labels: string; totals: Blob };
  for (const row of rows<SeriesRow>(db, "SELECT * FROM series ORDER BY no")) {
    memory.addSeries(instanceOf(row.instance), row.no, row.name, JSON.parse(row.labels) as Labels, decodeTotals(blobBytes(row.totals)));
  }
  for (const row of rows<{ instance: string; event: string }>(db, "SELECT instance, event FROM events ORDER BY instance, no")) {
    instanceOf(row.instance).events.push(JSON.parse(row.event));
  }
  for (const row of rows<{ name: string; version: string; created_ms: number; spec: string }>(db, "SELECT * FROM models ORDER BY rowid")) {
    const model = { name: row.name, version: row.version, createdMs: row.created_ms, spec: JSON.parse(row.spec) };
    memory.models.set(row.name, [...(memory.models.get(row.name) ?? []), model]);
  }
  for (const row of rows<{ name: string; created_ms: number; result: string }>(db, "SELECT * FROM evaluations")) {
    memory.evaluations.set(row.name, { name: row.name, createdMs: row.created_ms, result: JSON.parse(row.result) });
  }
}

function rows<Row>(db: Database.Database, query: string): Iterable<Row> {
  return db.prepare(query).iterate() as Iterable<Row>;
}
