import { closeSync, openSync, readSync, writeSync } from "node:fs";
import path from "node:path";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { hasPostgres, openReplica, postgresServer, postgresUrl } from "../../../testing/postgres-driver.js";
import type { ListQuery } from "../../contract/list.js";
import { type Ask, Database } from "../connect/database.js";

const now = (): number => Date.parse("2026-01-01T00:00:00Z");
const QUERY: ListQuery = {
  terms: [{ text: "run" }],
  sort: { field: { kind: "fact", name: "id" }, isDown: false },
  limit: 100,
  lostBeforeMs: 0,
};

/** Where a page of PostgreSQL has the end of the places of its rows, and the first of these; a row begins with the number of its transaction. */
const PAGE_BYTES = 8192;
const [PLACES_END_AT, PLACES_AT, PLACE_BYTES] = [12, 24, 4];

/** Gives rows that are frozen the number of a transaction of long ago. @param file - of a table without changes that are not in it */
function makeOld(file: string, transaction: number): void {
  const fd = openSync(file, "r+");
  const page = Buffer.alloc(PAGE_BYTES);
  for (let start = 0; readSync(fd, page, 0, PAGE_BYTES, start) > 0; start += PAGE_BYTES) {
    for (let at = PLACES_AT; at < page.readUInt16LE(PLACES_END_AT); at += PLACE_BYTES) {
      const row = page.readUInt32LE(at) & 0x7fff;
      if (row > 0) page.writeUInt32LE(transaction, row);
    }
    writeSync(fd, page, 0, PAGE_BYTES, start);
  }
  closeSync(fd);
}

/** @returns how many rows each look has read */
function looks(): number[] {
  const read: number[] = [];
  const { snapshot } = Database.prototype;
  const spy = vi.spyOn(Database.prototype, "snapshot").mockImplementation(function (this: Database, work) {
    return snapshot.call(this, (ask, copy) => {
      const counted = async (text: string, values?: readonly unknown[]): Promise<unknown[]> => {
        const rows = await ask(text, values);
        if (text.includes("isDeleted")) read.push(rows.length);
        return rows;
      };
      return work(counted as Ask, copy);
    });
  });
  onTestFinished(() => spy.mockRestore());
  return read;
}

describe.skipIf(!hasPostgres)("lists of a database that has come far", () => {
  test("rows of more than 2^31 transactions ago are not read anew by each look", async () => {
    const server = await postgresServer();
    const url = await postgresUrl();
    const name = new URL(url).pathname.slice(1);
    const first = await openReplica(url, now);
    for (let i = 0; i < 20; i++) await first.putFacts(`run-${i}`, { tags: [] });
    await first.close();
    for (const text of ["VACUUM FREEZE ava.instances", "CHECKPOINT"]) await server.sql(text, name);
    const file = await server.sql("SELECT pg_relation_filepath('ava.instances')", name);
    await server.stop();
    makeOld(path.join(server.dataDir, file), 1_000_000_000);
    // Newer versions have checksums of pages.
    server.configure({ ignore_checksum_failure: "on" });
    await server.launch();
    expect(await server.sql("SELECT count(*) FROM ava.instances WHERE age(xmin) < 0", name)).toBe("20");
    const read = looks();
    const store = await openReplica(url, now);
    expect((await store.list(QUERY)).total).toBe(20);
    await store.putFacts("run-5", { tags: ["new"] });
    expect((await store.list(QUERY)).instances.find(({ id }) => id === "run-5")?.facts.tags).toEqual(["new"]);
    await store.putFacts("run-6", { tags: ["new"] });
    expect((await store.list(QUERY)).total).toBe(20);
    expect(read).toEqual([20, 1, 1]);
  });
});
