import { expect, test } from "vitest";
import { BatchWriter } from "../../../testing/batch-writer.js";
import { testFolder } from "../../../testing/folder.js";
import { hasPostgres, openReplica, postgresServer, postgresUrl } from "../../../testing/postgres-driver.js";
import { contentOf } from "../../../testing/seen.js";
import type { Store } from "../../contract/store.js";
import { openStore } from "../../embedded/open.js";
import { LATE_BYTES } from "./late.js";

const clock = { now: (): number => Date.parse("2026-01-01T00:00:00Z"), lostAfterMs: 60_000 };

/** Steps of a body whose rows are late. */
const STEPS = 520;

type Command = (store: Store) => Promise<unknown>;

/** Logs so many steps with numbers of all kinds. */
function fill(writer: BatchWriter, first: number, steps = STEPS): BatchWriter {
  for (let step = first; step < first + steps; step++)
    writer.log({ loss: step % 50 === 0 ? Number.NaN : Math.sin(step), lr: 0.1 }, step % 1700, Math.floor(step / 100));
  return writer;
}

const records = (body: Buffer): Command => {
  return (store) => store.takeRecords("one", body);
};

/** Commands that add points or take some away, between and behind bodies whose rows are late. */
function commands(): Command[] {
  const writer = new BatchWriter("writer-one");
  const large = (): Command => records(fill(writer, writer.seq).body());
  const other = new BatchWriter("writer-two", { rank: "1" });
  const first = fill(new BatchWriter("writer-three"), 0).body();
  const reparsed = fill(new BatchWriter("ava-reparse"), 0, 40).body();
  return [
    large(),
    large(),
    records(fill(other, 0, 9).body()),
    large(),
    records(fill(other, 9).print("a line\n").body()),
    (store) => store.takeLines("one", Buffer.from("loss value=7 1\nloss value=8 2\n")),
    records(first),
    // Its first half was taken: it is of the body before.
    records(fill(new BatchWriter("writer-three"), 0, 2 * STEPS).body()),
    large(),
    (store) => store.addReparsed("one", { n: 1, rules: ["x"], logBytes: 1 }, reparsed, true),
    large(),
    (store) => store.undoReparse("one", 1),
    large(),
    (store) => store.putFacts("one", { name: "a name" }),
    large(),
  ];
}

test.skipIf(!hasPostgres)("points of large bodies are the same on every replica, whenever asked for, between all commands", async () => {
  const url = await postgresUrl();
  const embedded = openStore({ dataDir: testFolder(), now: clock.now });
  const [asked, silent, other] = [
    await openReplica(url, clock.now),
    await openReplica(await postgresUrl(), clock.now),
    await openReplica(url, clock.now),
  ];
  const seen: [found: object, wanted: object][] = [];
  for (const [i, command] of commands().entries()) {
    await command(embedded);
    await command(silent);
    await command(i % 4 === 1 ? other : asked);
    if (i === 6 || i === 11) seen.push([await contentOf(asked, "one", clock), await contentOf(embedded, "one", clock)]);
    if (i === 8) await other.seal();
  }
  for (const [found, wanted] of seen) expect(found).toEqual(wanted);
  const expected = await contentOf(embedded, "one", clock);
  await embedded.close();
  expect(expected.points.split("\n").length).toBeGreaterThan(18 * STEPS);
  for (const store of [silent, asked, other, await openReplica(url, clock.now)])
    expect(await contentOf(store, "one", clock)).toEqual(expected);
  await silent.seal();
  expect(await contentOf(silent, "one", clock)).toEqual(expected);
});

test.skipIf(!hasPostgres)("a large body that the database did not take is not shown, and counts once when it is sent again", async () => {
  const url = await postgresUrl();
  const sql = async (text: string): Promise<string> => (await postgresServer()).sql(text, new URL(url).pathname.slice(1));
  const store = await openReplica(url, clock.now);
  const writer = new BatchWriter("writer-one");
  await store.takeRecords("one", fill(writer, 0).body());
  const before = await contentOf(store, "one", clock);
  await sql(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON ava.journal FOR EACH ROW EXECUTE FUNCTION refuse()`);
  const body = fill(writer, STEPS).body();
  expect(body.length).toBeGreaterThan(LATE_BYTES);
  await expect(store.takeRecords("one", body)).rejects.toMatchObject({ code: "store_full" });
  expect(await contentOf(store, "one", clock)).toEqual(before);
  await sql("DROP TRIGGER refuse ON ava.journal");
  for (let times = 0; times < 2; times++) await store.takeRecords("one", body);
  expect((await contentOf(store, "one", clock)).points.trim().split("\n").length).toBe(4 * STEPS);
});
