import { join } from "node:path";
import Database from "libsql";
import { expect, onTestFinished, test } from "vitest";
import { BatchWriter } from "../../../testing/batch-writer.js";
import { copyAfterCrash } from "../../../testing/crash.js";
import { testFolder } from "../../../testing/folder.js";
import { DamageList } from "../damage.js";
import { Memory } from "../memory.js";
import { openStore } from "../open.js";
import { CandidateReader } from "./candidates.js";
import { ChunkReader } from "./chunks.js";
import { KeptStatement } from "./kept-statement.js";
import { DatabaseWriter } from "./writer.js";

const LEAST = "(-9223372036854775807 - 1)";

/** A connection to the database of a store with two instances, each with chunks and a log. */
async function filled(): Promise<{ path: string; db: Database.Database }> {
  const dataDir = testFolder();
  const store = openStore({ dataDir });
  for (const id of ["one", "two"]) {
    const writer = new BatchWriter(`writer-${id}`);
    for (let step = 0; step < 5000; step++) writer.log({ loss: step }, step);
    await store.takeRecords(
      id,
      writer
        .print(`${id}\n`)
        .add({ type: "facts", facts: { training: id } })
        .body(),
    );
  }
  await store.close();
  // The writer shares a connection that keeps others out: one of its own would not learn that a table has become a view.
  const path = join(copyAfterCrash(dataDir), "store.db");
  const db = new Database(path);
  db.exec("PRAGMA locking_mode = EXCLUSIVE");
  onTestFinished(() => void db.close());
  return { path, db };
}

/** Does something while reading a table fails, as on a disk that fails for a moment. */
async function whileFailing(db: Database.Database, table: string, act: () => unknown): Promise<void> {
  db.exec(`ALTER TABLE ${table} RENAME TO kept; CREATE VIEW ${table} AS SELECT * FROM kept WHERE abs${LEAST} > 0`);
  await act();
  db.exec(`DROP VIEW ${table}; ALTER TABLE kept RENAME TO ${table}`);
}

test("a question after one that failed is answered itself; the one that failed was asked once more in its place", () => {
  const db = new Database(":memory:");
  onTestFinished(() => void db.close());
  db.exec(`CREATE TABLE numbers (value INTEGER); INSERT INTO numbers VALUES ${LEAST}`);
  const select = new KeptStatement(db, "SELECT ? AS asked, abs(value) AS value FROM numbers");
  expect(() => select.get(1)).toThrow("integer overflow");
  db.exec("UPDATE numbers SET value = -3");
  expect(select.get(2)).toMatchObject({ asked: 2, value: 3 });
  expect(select.all(3)).toEqual([{ asked: 3, value: 3 }]);
});

test("after facts and chunks that could not be read for a moment, others are not answered with them", async () => {
  const { path, db } = await filled();
  const damage = new DamageList(path);
  const reader = new ChunkReader(db, damage, false);
  const candidates = new CandidateReader(db, new Memory(reader), damage);
  await whileFailing(db, "instances", () => candidates.factsOf("one"));
  expect(candidates.factsOf("two")).toMatchObject({ training: "two" });
  await whileFailing(db, "chunks", () => expect(() => reader.readChunk(1, 0)).toThrow("row id = 2097152"));
  expect(reader.readChunk(2, 0).head.count).toBe(4096);
});

test("after a checkpoint that failed in a question, the next does not take the log of one run for that of another", async () => {
  const { path, db } = await filled();
  const writer = new DatabaseWriter(path, db);
  onTestFinished(() => writer.close());
  const lastPiece = async (id: string): Promise<string> => {
    let text = "";
    await writer.transaction(function* (rows) {
      text = String(rows.lastPiece(id)?.bytes);
      yield;
    });
    return text;
  };
  expect(await lastPiece("one")).toBe("one\n");
  await whileFailing(db, "log_pieces", () => expect(lastPiece("one")).rejects.toThrow("integer overflow"));
  expect(await lastPiece("two")).toBe("two\n");
});
