import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { randomOf, seedOfTest } from "../../../../../tests/random.js";
import { PlatformError } from "../../error.js";
import { BatchWriter } from "../../testing/batch-writer.js";
import { hasPostgres, openReplica, postgresServer, postgresUrl } from "../../testing/postgres-driver.js";
import { exported, seriesOf } from "../../testing/seen.js";
import type { Store } from "../contract/store.js";

const START_MS = Date.parse("2026-01-01T00:00:00Z");
/** Bodies of each writer. */
const STEPS = 60;

const now = (): number => START_MS;

const databaseOf = (url: string): string => new URL(url).pathname.slice(1);

/** Runs SQL beside the replicas. */
async function sql(url: string, text: string): Promise<string> {
  return (await postgresServer()).sql(text, databaseOf(url));
}

/** Ends all connections of the replicas, also in the middle of a commit. */
const CUT = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";

/** Sends bodies as a shipper does: again, until they are acknowledged. @returns errors that came */
async function ship(stores: readonly Store[], writer: BatchWriter, steps: number): Promise<PlatformError[]> {
  const errors: PlatformError[] = [];
  for (let step = 0; step < steps; step++) {
    const body = writer.log({ loss: step }, step).body();
    for (let tries = 0; ; tries++) {
      try {
        expect(await stores[(step + tries) % stores.length]!.takeRecords("one", body)).toEqual({ ack: writer.seq });
        break;
      } catch (error) {
        if (!(error instanceof PlatformError)) throw error;
        errors.push(error);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
  return errors;
}

async function stepsOf(store: Store, rank: number): Promise<number[]> {
  const lines = (await exported(store, ["one"], { format: "jsonl" })).trim().split("\n");
  const points = lines.map((line) => JSON.parse(line) as { labels: { rank: string }; step: number });
  return points.filter(({ labels }) => labels.rank === String(rank)).map(({ step }) => step);
}

describe.skipIf(!hasPostgres)("faults of a PostgreSQL server", () => {
  test("connections that are cut at any moment, also in a commit: every point once, in order, on both replicas", {
    timeout: 180_000,
  }, async () => {
    const url = await postgresUrl();
    const replicas = [await openReplica(url, now), await openReplica(url, now)];
    const random = randomOf(seedOfTest());
    const shipping = { isOver: false };
    const cutting = (async () => {
      while (!shipping.isOver) {
        await sql(url, CUT);
        // Time enough for some to get through.
        await new Promise((resolve) => setTimeout(resolve, random.next() * 400));
      }
    })();
    const writers = [0, 1, 2].map((rank) => new BatchWriter(`writer-${rank}`, { rank: String(rank) }));
    const errors = (await Promise.all(writers.map((writer) => ship(replicas, writer, STEPS)))).flat();
    shipping.isOver = true;
    await cutting;
    expect(errors.length).toBeGreaterThan(0);
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(["store_failed"]));
    expect(errors.every(({ retryAfterSeconds, status }) => status === 503 && retryAfterSeconds !== undefined)).toBe(true);
    for (const replica of [...replicas, await openReplica(url, now)]) {
      for (const rank of [0, 1, 2]) {
        const steps = await vi.waitFor(() => stepsOf(replica, rank));
        expect(steps).toEqual(Array.from({ length: STEPS }, (_, step) => step));
      }
    }
  });

  test("a server that is restarted, and killed: what was acknowledged is there, the replica goes on by itself", async () => {
    const url = await postgresUrl();
    const server = await postgresServer();
    const store = await openReplica(url, now);
    const writer = new BatchWriter("writer-0", { rank: "0" });
    await ship([store], writer, 3);
    for (const end of ["stop", "kill"] as const) {
      const shipping = ship([store], writer, 40);
      await server[end]();
      await expect(store.instance("one")).rejects.toMatchObject({ code: "store_failed", message: expect.stringContaining("127.0.0.1") });
      await server.launch();
      expect((await shipping).length).toBeGreaterThan(0);
    }
    expect(await stepsOf(store, 0)).toHaveLength(83);
  });

  test("a database that is read-only refuses changes and answers questions, until it can be written again", async () => {
    const url = await postgresUrl();
    const store = await openReplica(url, now);
    const writer = new BatchWriter("writer-one");
    await store.takeRecords("one", writer.log({ loss: 1 }, 1).body());
    const isReadOnly = async (word: string): Promise<void> => {
      await (await postgresServer()).sql(`ALTER DATABASE ${databaseOf(url)} SET default_transaction_read_only = ${word}`);
      await sql(url, CUT);
    };
    await isReadOnly("on");
    const body = writer.log({ loss: 2 }, 2).body();
    await vi.waitFor(() =>
      expect(store.takeRecords("one", body)).rejects.toMatchObject({ status: 503, message: expect.stringContaining("read-only") }),
    );
    expect(await seriesOf(store, "one", "loss")).toMatchObject({ count: 1 });
    await isReadOnly("off");
    await vi.waitFor(async () => expect(await store.takeRecords("one", body)).toEqual({ ack: writer.seq }));
    expect(await seriesOf(store, "one", "loss")).toMatchObject({ count: 2 });
  });

  /** Has the server refuse journal rows. */
  const refuse = (url: string, when: string, state: string): Promise<string> =>
    sql(
      url,
      `CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF ${when} THEN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '${state}'; END IF; RETURN NEW; END $$;
       CREATE OR REPLACE TRIGGER refuse BEFORE INSERT ON ava.journal FOR EACH ROW EXECUTE FUNCTION refuse();`,
    );

  test("a full disk of the server is answered with 507, and has changed nothing", async () => {
    const url = await postgresUrl();
    const store = await openReplica(url, now);
    const writer = new BatchWriter("writer-one");
    await store.takeRecords("one", writer.log({ loss: 1 }, 1).body());
    await refuse(url, "true", "53100");
    const body = writer.log({ loss: 2 }, 2).body();
    await expect(store.takeRecords("one", body)).rejects.toMatchObject({ code: "store_full", status: 507 });
    await expect(store.putFacts("two", {})).rejects.toMatchObject({ code: "store_full" });
    expect(await seriesOf(store, "one", "loss")).toMatchObject({ count: 1 });
    await expect(store.instance("two")).rejects.toMatchObject({ code: "not_found" });
    await sql(url, "DROP TRIGGER refuse ON ava.journal");
    expect(await store.takeRecords("one", body)).toEqual({ ack: writer.seq });
  });

  test("a request that the server refuses does not spoil those that come with it", async () => {
    const url = await postgresUrl();
    const store = await openReplica(url, now);
    await refuse(url, "NEW.head LIKE '%bad%'", "22000");
    const ids = ["a", "bad", "c"];
    const done = await Promise.allSettled(ids.map((id) => store.putFacts(id, { training: "t" })));
    expect(done.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect((await store.trainings(0)).map(({ name, instances }) => [name, instances])).toEqual([["t", 2]]);
  });

  test("a transaction that collides with others is begun again, and taken once", async () => {
    const url = await postgresUrl();
    const [store, replica] = [await openReplica(url, now), await openReplica(url, now)];
    const writer = new BatchWriter("writer-one");
    await store.takeRecords("one", writer.log({ loss: 1 }, 1).body());
    await sql(url, "CREATE SEQUENCE tries");
    await refuse(url, "nextval('tries') <= 2", "40P01");
    expect(await store.takeRecords("one", writer.log({ loss: 2 }, 2).body())).toEqual({ ack: writer.seq });
    for (const one of [store, replica]) expect(await seriesOf(one, "one", "loss")).toMatchObject({ count: 2 });
  });

  test("what a failover without a synchronous standby has lost is not shown from memory", async () => {
    const url = await postgresUrl();
    const store = await openReplica(url, now);
    const writer = new BatchWriter("writer-one");
    const { ack } = await store.takeRecords("one", writer.log({ loss: 1 }, 1).body());
    const body = writer.log({ loss: 2 }, 2).body();
    await store.takeRecords("one", body);
    await sql(url, "DELETE FROM ava.journal WHERE pos = 2; UPDATE ava.instances SET pos = 1");
    expect(await seriesOf(store, "one", "loss")).toMatchObject({ count: 1 });
    await expect(store.takeRecords("one", writer.log({ loss: 3 }, 3).body())).rejects.toMatchObject({ code: "seq_gap", ack });
    expect(await store.takeRecords("one", body)).toMatchObject({ ack: 3 });
  });

  test("a commit that no standby has confirmed is not acknowledged; sent again it is kept once", async () => {
    const url = await postgresUrl();
    const server = await postgresServer();
    const store = await openReplica(url, now);
    await store.putFacts("other", {});
    const standby = (name: string): Promise<string> => {
      server.configure({ synchronous_standby_names: name });
      return sql(url, "SELECT pg_reload_conf()");
    };
    await standby("missing");
    const writer = new BatchWriter("writer-one").log({ loss: 1 }, 1);
    const body = writer.body();
    const answer = store.takeRecords("one", body).catch((error: unknown) => error);
    const cancel =
      "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'SyncRep'";
    await vi.waitFor(async () => expect(await sql(url, cancel)).toBe("1"), { timeout: 10_000 });
    expect(await answer).toMatchObject({ code: "store_failed", message: expect.stringContaining("synchronous replication") });
    await standby("");
    expect(await store.takeRecords("one", body)).toEqual({ ack: writer.seq });
    expect(await seriesOf(store, "one", "loss")).toMatchObject({ count: 1 });
  });

  test("a commit whose answer is lost is found again by its number: what has no numbers of its own is not taken twice", async () => {
    const url = await postgresUrl();
    const lossy = await LossyProxy.start(Number(new URL(url).port));
    const store = await openReplica(url.replace(/:\d+\//, `:${lossy.port}/`), now);
    const line = "ava_metric_training_loss,id=one,epoch=0,batch=7 value=1\n";
    expect(await store.takeLines("one", Buffer.from(line))).toMatchObject({ accepted: 1 });
    lossy.losesNextCommit = true;
    expect(await store.takeLines("one", Buffer.from(line))).toMatchObject({ accepted: 1 });
    expect(lossy.losesNextCommit).toBe(false);
    expect((await store.series("one")).map(({ count }) => count)).toEqual([2]);
  });

  test("a commit that a crash took is not acknowledged because another transaction got its number", async () => {
    const url = await postgresUrl();
    const server = await postgresServer();
    // What the transaction has written is still in the memory of the server.
    server.configure({ wal_writer_delay: "10s" });
    await sql(url, "SELECT pg_reload_conf()");
    const lossy = await LossyProxy.start(Number(new URL(url).port));
    const store = await openReplica(url.replace(/:\d+\//, `:${lossy.port}/`), now);
    const writer = new BatchWriter("writer-one");
    await store.takeRecords("one", writer.log({ loss: 1 }, 1).body());
    lossy.insteadOfCommit = async () => {
      await server.kill();
      await server.launch();
      await sql(url, Array.from({ length: 20 }, () => "INSERT INTO ava.views (name, kept) VALUES (gen_random_uuid(), '{}');").join("\n"));
    };
    const body = writer.log({ loss: 2 }, 2).body();
    await expect(store.takeRecords("one", body)).rejects.toMatchObject({ code: "store_failed", status: 503 });
    expect(await seriesOf(store, "one", "loss")).toMatchObject({ count: 1 });
    expect(await store.takeRecords("one", body)).toEqual({ ack: writer.seq });
    expect(await seriesOf(store, "one", "loss")).toMatchObject({ count: 2 });
  });
});

/** Hands bytes on, and swallows the answer to a commit when it is told to: the connection ends in its place. */
class LossyProxy {
  losesNextCommit = false;
  /** Done in the place of the next commit, which never comes to the server. */
  insteadOfCommit: (() => Promise<void>) | undefined;
  readonly port: number;

  private constructor(port: number) {
    this.port = port;
  }

  static async start(to: number): Promise<LossyProxy> {
    const server = createServer((client) => {
      const upstream = connect(to, "127.0.0.1");
      let isLost = false;
      let isHeld = false;
      client.on("data", (data) => {
        const instead = proxy.insteadOfCommit;
        if (instead !== undefined && data.includes("; COMMIT")) {
          proxy.insteadOfCommit = undefined;
          isHeld = true;
          return void instead().finally(() => client.destroy());
        }
        if (proxy.losesNextCommit && data.includes("COMMIT")) isLost = true;
        upstream.write(data);
      });
      upstream.on("data", (data) => {
        if (!isLost) return void client.write(data);
        proxy.losesNextCommit = false;
        client.destroy();
        upstream.destroy();
      });
      for (const socket of [client, upstream]) {
        socket.on("error", () => undefined);
        socket.on("close", () => isHeld || [client, upstream].forEach((one) => one.destroy()));
      }
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    onTestFinished(() => void server.close());
    const proxy = new LossyProxy((server.address() as AddressInfo).port);
    return proxy;
  }
}
