import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitFor } from "../processes/ava.js";
import { POSTGRES_BIN } from "../processes/postgres-programs.js";
import { type Replicas, startReplicas } from "../processes/replicas.js";

/** What a client is told. */
interface Told {
  status: number;
  retryAfter: string | null;
  code: string | undefined;
}

describe.skipIf(POSTGRES_BIN === undefined)("a replica", () => {
  let replicas: Replicas;
  let url: string;

  beforeAll(async () => {
    replicas = await startReplicas({ count: 1 });
    url = replicas.platforms[0]!.url;
  });
  afterAll(() => replicas?.stop());

  async function told(answer: Promise<Response>): Promise<Told> {
    const { status, headers, ...rest } = await answer.then(async (got) => ({
      status: got.status,
      headers: got.headers,
      body: await got.json(),
    }));
    return { status, retryAfter: headers.get("retry-after"), code: (rest.body as { error?: { code: string } }).error?.code };
  }
  const put = (id: string): Promise<Told> =>
    told(fetch(`${url}/v1/instances/${id}`, { method: "PUT", headers: { "content-type": "application/json" }, body: '{"training":"t"}' }));
  const list = (): Promise<Told> => told(fetch(`${url}/v1/instances`));
  const good: Told = { status: 200, retryAfter: null, code: undefined };
  const passing: Told = { status: 503, retryAfter: "2", code: "store_failed" };

  test("answers 503 with Retry-After while its database is away, and goes on by itself", async () => {
    expect(await put("before")).toEqual(good);
    await replicas.server.stop();
    expect([await put("meanwhile"), await list()]).toEqual([passing, passing]);
    // It is alive: a new process would not help.
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await replicas.server.launch();
    await waitFor(async () => (await put("after")).status === 200, "the replica to go on");
    const { instances } = (await (await fetch(`${url}/v1/instances`)).json()) as { instances: { id: string }[] };
    expect(instances.map(({ id }) => id).toSorted()).toEqual(["after", "before"]);
  });

  test("answers questions and refuses changes with 503 while its database is read-only", async () => {
    const readOnly = (value: string): Promise<string> =>
      replicas.server
        .sql(`alter system set default_transaction_read_only = ${value}`)
        .then(() => replicas.server.sql("select pg_reload_conf()"));
    await readOnly("on");
    await waitFor(async () => (await put("refused")).status !== 200, "the database to be read-only");
    expect([await put("refused"), await list()]).toEqual([passing, good]);
    await readOnly("off");
    await waitFor(async () => (await put("taken")).status === 200, "the database to be written");
  });
});
