import { expect, onTestFinished, test } from "vitest";
import { BatchWriter } from "../../../testing/batch-writer.js";
import { hasPostgres, openReplica, postgresServer, postgresUrl } from "../../../testing/postgres-driver.js";
import { exported } from "../../../testing/seen.js";
import type { Store } from "../../contract/store.js";
import { checkPostgres } from "../check.js";
import { openPostgres } from "../open.js";
import type { PostgresStore } from "../postgres.js";

const now = (): number => Date.parse("2026-01-01T00:00:00Z");

const POINTS = 500;

async function sql(url: string, text: string): Promise<string> {
  return (await postgresServer()).sql(text, new URL(url).pathname.slice(1));
}

/** Logs points with a line of output between them. */
function fill(writer: BatchWriter, first: number): BatchWriter {
  for (let step = first; step < first + POINTS; step++) writer.log({ loss: Math.sin(step), lr: 0.1 }, step, Math.floor(step / 100));
  return writer.print("a line\n");
}

/** @returns a replica as `serve` opens it: `openReplica` opens those that only read */
async function openWriting(url: string): Promise<PostgresStore> {
  const store = await openPostgres({ url, now, connections: 5, sealing: { everyMs: 3_600_000 } });
  onTestFinished(() => store.close());
  return store;
}

const pointsOf = (store: Store): Promise<string> => exported(store, ["one"], { format: "jsonl" });

const FORMS = "SELECT string_agg(CASE WHEN body_bytes IS NULL THEN 'raw' ELSE 'packed' END, ' ' ORDER BY pos) FROM ava.journal";

test.skipIf(!hasPostgres)(
  "bodies of points are packed in the journal, and another replica reads the same points, before they are sealed and after",
  async () => {
    const url = await postgresUrl();
    const [one, other] = [await openReplica(url, now), await openReplica(url, now)];
    const writer = new BatchWriter("writer-one");
    await one.takeRecords("one", fill(writer, 0).body());
    await one.takeLines("one", Buffer.from("train,instance=one acc=0.5 1\n".repeat(9)));
    await other.takeRecords("one", fill(writer, POINTS).body());
    expect(await sql(url, FORMS)).toBe("packed raw packed");
    expect(await sql(url, "SELECT bool_and(length(body) * 3 < body_bytes) FROM ava.journal WHERE body_bytes IS NOT NULL")).toBe("t");
    expect(
      await sql(
        url,
        "SELECT unsealed_bytes = (SELECT sum(coalesce(body_bytes, length(body)) + length(head)) FROM ava.journal) FROM ava.instances",
      ),
    ).toBe("t");
    const expected = await pointsOf(one);
    expect(expected.trim().split("\n").length).toBe(4 * POINTS + 9);
    expect(expected).toContain(`"value":${Math.sin(7)}`);
    expect(await pointsOf(other)).toBe(expected);
    expect(await pointsOf(await openReplica(url, now))).toBe(expected);
    await other.seal();
    expect(await sql(url, "SELECT unsealed_bytes FROM ava.instances")).toBe("0");
    expect(await pointsOf(await openReplica(url, now))).toBe(expected);
  },
);

test.skipIf(!hasPostgres).each([
  [
    "a byte of its values is another",
    "UPDATE ava.journal SET body = set_byte(body, length(body) - 9, get_byte(body, length(body) - 9) # 4) WHERE pos = 2",
  ],
  ["it is cut", "UPDATE ava.journal SET body = substring(body FOR length(body) - 5) WHERE pos = 2"],
  ["it is another command's", "UPDATE ava.journal SET body = (SELECT body FROM ava.journal WHERE pos = 1) WHERE pos = 2"],
  ["its size is another", "UPDATE ava.journal SET body_bytes = 2000000000 WHERE pos = 2"],
  ["its head is another", `UPDATE ava.journal SET head = replace(head, '"atMs":1', '"atMs":2') WHERE pos = 2`],
  ["its form is not told", "UPDATE ava.journal SET body_bytes = NULL WHERE pos = 2"],
])(
  "a packed body of the journal is told as damage where %s: no value of it is shown, and nothing is taken for new",
  async (_what, spoil) => {
    const url = await postgresUrl();
    const writer = new BatchWriter("writer-one");
    const store = await openReplica(url, now);
    await store.takeRecords("one", fill(writer, 0).body());
    await store.takeRecords("one", fill(writer, POINTS).body());
    await sql(url, spoil);
    const fresh = await openReplica(url, now);
    const { damage } = await fresh.instance("one");
    expect(damage).toEqual([expect.stringMatching(/^Command 2 of its journal cannot be read \(.*\): what came after is missing\.$/)]);
    expect((await exported(fresh, ["one"], { format: "jsonl" })).trim().split("\n").length).toBe(2 * POINTS);
    await expect(fresh.takeRecords("one", fill(writer, 2 * POINTS).body())).rejects.toMatchObject({ code: "store_damaged" });
    await fresh.seal();
    expect(await sql(url, "SELECT count(*) FROM ava.journal")).toBe("2");
  },
);

test.skipIf(!hasPostgres)(
  "a command whose body stands as it came is told as damage where a byte of it is another; those of older platforms are read",
  async () => {
    const url = await postgresUrl();
    const store = await openReplica(url, now);
    await store.takeLines("one", Buffer.from("train acc=0.25 1"));
    await store.putFacts("one", { host: "node-7" });
    await sql(url, `UPDATE ava.journal SET head = regexp_replace(head, ',"sum":[0-9]+}$', '}')`);
    expect((await (await openReplica(url, now)).instance("one")).damage).toEqual([]);
    await store.takeLines("one", Buffer.from("train acc=0.25 2"));
    await store.putFacts("one", { host: "node-8" });
    expect((await (await openReplica(url, now)).instance("one")).damage).toEqual([]);
    const spoilt: [pos: number, change: string][] = [
      [3, "body = convert_to(replace(convert_from(body, 'UTF8'), '0.25', '0.35'), 'UTF8')"],
      [4, "head = replace(head, 'node-8', 'node-9')"],
      [4, "head = replace(head, '\"atMs\":1', '\"atMs\":3')"],
    ];
    for (const [pos, change] of spoilt) {
      await sql(url, "CREATE TABLE whole AS SELECT * FROM ava.journal");
      await sql(url, `UPDATE ava.journal SET ${change} WHERE pos = ${pos}`);
      const { damage, facts } = await (await openReplica(url, now)).instance("one");
      expect(damage, `${change}`).toEqual([
        `Command ${pos} of its journal cannot be read (it does not have its checksum): what came after is missing.`,
      ]);
      expect(facts["host"]).toBe("node-7");
      await sql(url, "DELETE FROM ava.journal; INSERT INTO ava.journal SELECT * FROM whole; DROP TABLE whole");
    }
  },
);

test.skipIf(!hasPostgres)(
  "in a database of older platforms bodies are packed only by replicas that start a day after the tables know it",
  async () => {
    const url = await postgresUrl();
    const versions = (): Promise<string> =>
      sql(url, "SELECT string_agg(version || ':' || oldest_platform, ' ' ORDER BY version) FROM ava.schema_versions WHERE version > 5");
    expect(await versions()).toBe("6:3 7:6");
    await sql(url, "ALTER TABLE ava.journal DROP body_bytes; DELETE FROM ava.schema_versions WHERE version > 5");
    const writer = new BatchWriter("writer-one");
    const first = await openReplica(url, now);
    await first.takeRecords("one", fill(writer, 0).body());
    await sql(url, "UPDATE ava.schema_versions SET done_at = now() - interval '23 hours' WHERE version = 6");
    await (await openWriting(url)).takeRecords("one", fill(writer, POINTS).body());
    expect([await versions(), await sql(url, FORMS)]).toEqual(["6:3", "raw raw"]);
    await sql(url, "UPDATE ava.schema_versions SET done_at = now() - interval '25 hours' WHERE version = 6");
    const packing = await openWriting(url);
    await packing.takeRecords("one", fill(writer, 2 * POINTS).body());
    await first.takeRecords("one", fill(writer, 3 * POINTS).body());
    expect([await versions(), await sql(url, FORMS)]).toEqual(["6:3 7:6", "raw raw packed raw"]);
    expect(await pointsOf(first)).toBe(await pointsOf(packing));
    await packing.seal();
    expect((await pointsOf(packing)).trim().split("\n").length).toBe(8 * POINTS);
  },
);

test.skipIf(!hasPostgres)(
  "a day after an upgrade check leaves the database to older platforms, and a replica starts whose user may make no schema any more",
  async () => {
    const url = await postgresUrl();
    await sql(
      url,
      "DELETE FROM ava.schema_versions WHERE version = 7; UPDATE ava.schema_versions SET done_at = now() - interval '25 hours'",
    );
    const oldest = "SELECT max(oldest_platform) FROM ava.schema_versions";
    await sql(url, "CREATE ROLE reader LOGIN; GRANT USAGE ON SCHEMA ava TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA ava TO reader");
    expect((await checkPostgres(url.replace("//ava@", "//reader@"))).damage).toEqual([]);
    await checkPostgres(url);
    expect(await sql(url, oldest)).toBe("3");
    await sql(url, "CREATE ROLE writer LOGIN; GRANT USAGE ON SCHEMA ava TO writer");
    await sql(url, "GRANT ALL ON ALL TABLES IN SCHEMA ava TO writer; GRANT ALL ON ALL SEQUENCES IN SCHEMA ava TO writer");
    await openWriting(url.replace("//ava@", "//writer@"));
    expect(await sql(url, oldest)).toBe("6");
  },
);
