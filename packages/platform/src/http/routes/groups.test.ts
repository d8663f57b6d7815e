import type { FieldsAnswer, GroupsAnswer } from "ava-protocol";
import { expect, test } from "vitest";
import { BatchWriter } from "../../testing/batch-writer.js";
import { type TestServer, testServer } from "../../testing/test-server.js";

interface Given {
  params: string;
  loss?: number;
  training?: string;
}

const RUNS: readonly Given[] = [
  { params: '{"lr":0.1,"opt":{"name":"adam"},"seed":1}', loss: 1 },
  { params: '{"lr":0.10,"opt":{"name":"adam"},"seed":2}', loss: 2 },
  { params: '{"lr":1e-1,"opt":{"name":"sgd"},"seed":3}', loss: 6 },
  { params: '{"lr":1,"opt":{"name":"sgd"},"seed":4}', loss: Number.NaN },
  { params: '{"lr":"0.10","opt":{"name":"s g=d"},"seed":5}', loss: 4, training: "other" },
  { params: '{"seed":6,"big":9007199254740993}' },
  { params: '{"seed":7,"big":9007199254740992}' },
];

async function filled(): Promise<TestServer> {
  const server = await testServer();
  for (const [i, { params, loss, training = "t" }] of RUNS.entries()) {
    await server.store.putFacts(`run-${i}`, { training, paramsText: params, ...(i === 1 ? { state: "failed" as const } : {}) });
    if (loss !== undefined)
      await server.store.takeRecords(`run-${i}`, new BatchWriter(`writer-${i}`, undefined, training).log({ loss }, 1).body());
  }
  await server.store.checkpoint();
  return server;
}

async function ask({ app }: TestServer, query: Record<string, string>): Promise<GroupsAnswer & { error?: { message: string } }> {
  return (await app.inject({ url: "/v1/groups", query })).json();
}

test("groups have their number, states, and mean and spread of a metric", async () => {
  const server = await filled();
  const { groups, total } = await ask(server, { group: "params.lr", columns: "params.seed,last:loss" });
  expect(total).toBe(4);
  expect(groups.map(({ values, count }) => [values["params.lr"], count])).toEqual([
    [0.1, 3],
    [1, 1],
    ["0.10", 1],
    [undefined, 2],
  ]);
  expect(groups[0]).toMatchObject({
    states: { running: 2, failed: 1 },
    metrics: {
      "last:loss": { count: 3, mean: 3, min: { value: 1, instance: "run-0" }, max: { value: 6, instance: "run-2" } },
    },
  });
  expect(groups[0]!.metrics["last:loss"]!.deviation).toBeCloseTo(Math.sqrt(7), 12);
  // What is not finite is not averaged.
  expect(groups[1]!.metrics["last:loss"]).toEqual({ count: 0 });
  expect(groups[2]!.metrics["last:loss"]).toMatchObject({ count: 1, mean: 4 });
});

test.each([["params.lr"], ["params.opt.name"], ["params.lr,params.opt.name"], ["params.big"], ["training"], ["state,params.lr"]])(
  "the filter of a group lets its instances through and no others: by %s",
  async (group) => {
    const server = await filled();
    const { groups } = await ask(server, { group });
    const found: string[] = [];
    for (const { filter = "none", count } of groups) {
      const page = (await server.app.inject({ url: "/v1/instances", query: { filter, columns: "id", sort: "id" } })).json<{
        instances: { id: string }[];
      }>();
      expect([filter, page.instances.length]).toEqual([filter, count]);
      found.push(...page.instances.map(({ id }) => id));
    }
    expect(found.sort()).toEqual(RUNS.map((_, i) => `run-${i}`));
  },
);

test("groups are of the instances that a filter and a training let through, in the order that is asked for", async () => {
  const server = await filled();
  const order = async (query: Record<string, string>): Promise<unknown[]> =>
    (await ask(server, { group: "params.opt.name", columns: "min:loss", ...query })).groups.map(
      ({ values }) => values["params.opt.name"] ?? null,
    );
  expect(await order({})).toEqual(["adam", "s g=d", "sgd", null]);
  expect(await order({ training: "t", filter: "params.seed<5" })).toEqual(["adam", "sgd"]);
  expect(await order({ sort: "-params.opt.name" })).toEqual(["sgd", "s g=d", "adam", null]);
  expect(await order({ sort: "min:loss" })).toEqual(["adam", "s g=d", "sgd", null]);
  expect(await order({ sort: "-min:loss", limit: "1" })).toEqual(["sgd"]);
  expect(await order({ sort: "count" })).toEqual(["s g=d", "adam", "sgd", null]);
});

test("a filter that would not fit into an address is left out", async () => {
  const server = await testServer();
  for (let i = 0; i < 202; i++) await server.store.putFacts(`run-${i}`, i === 0 ? {} : { params: { seed: i } });
  const { groups, total } = await ask(server, { group: "params.seed" });
  expect([total, groups[0]!.filter, groups.at(-1)!.values, groups.at(-1)!.filter]).toEqual([202, "params.seed=1", {}, undefined]);
});

test.each([
  [{ group: "lr" }, 'group "lr", at character 1: "lr" is not a field'],
  [{ group: "params.lr,tag" }, 'group "params.lr,tag", at character 11: instances are grouped by'],
  [{ group: "" }, "group is empty"],
  [{ group: "params.lr", columns: "last:loss,los" }, 'columns "last:loss,los", at character 11'],
  [{ group: "params.lr", sort: "-loss" }, 'sort "-loss" is none of count, params.lr.'],
  [{ group: "params.lr", filter: "lr=" }, "filter"],
  [{}, "group"],
])("what cannot be grouped is said: %j", async (query, problem) => {
  const server = await testServer();
  expect((await ask(server, query as Record<string, string>)).error?.message).toContain(problem);
});

test("fields are those of all instances, the most frequent first, and of one training where it is asked for", async () => {
  const { app, store, advance } = await testServer();
  for (let i = 0; i < 30; i++) {
    const params = { lr: i < 20 ? 0.1 : 0.01, opt: { name: "adam" }, seed: i, ...(i === 7 ? { rare: "x" } : {}) };
    await store.putFacts(`run-${i}`, { training: "many", params });
  }
  await store.putFacts("other", { training: "two", paramsText: '{"big": 9007199254740993, "e": 1e-3}' });
  await store.takeRecords("other", new BatchWriter("writer-1").log({ loss: 3, "val/loss": 0.5 }, 1).body());
  const fields = async (query: Record<string, string>) => (await app.inject({ url: "/v1/fields", query })).json<FieldsAnswer>();
  const many = await fields({ training: "many" });
  expect(many.instances).toBe(30);
  expect(many.params.map(({ path, instances }) => [path, instances])).toEqual([
    ["lr", 30],
    ["opt.name", 30],
    ["seed", 30],
    ["rare", 1],
  ]);
  expect(many.params[0]!.values).toEqual(["0.1", "0.01"]);
  expect(many.params[2]!.values).toHaveLength(30);
  const all = await fields({});
  expect([all.instances, all.metrics.toSorted(), all.params.find(({ path }) => path === "big")?.values]).toEqual([
    31,
    ["loss", "val/loss"],
    ["9007199254740993"],
  ]);
  expect(all.params.find(({ path }) => path === "e")?.values).toEqual(["1e-3"]);
  expect((await app.inject({ url: "/v1/fields", query: { training: "a/b" } })).statusCode).toBe(400);
  advance(1000);
  // What changes, goes and comes is counted anew, the rest is not.
  await store.putFacts("run-7", { params: { lr: 0.2 } });
  await store.deleteInstance("run-8");
  await store.takeRecords("run-9", new BatchWriter("writer-1", undefined, "many").log({ acc: 1 }, 1).body());
  await expect.poll(async () => (await fields({ training: "many" })).metrics, { timeout: 20_000 }).toContain("acc");
  const then = await fields({ training: "many" });
  expect(then.params.map(({ path, instances }) => [path, instances])).toEqual([
    ["lr", 29],
    ["opt.name", 28],
    ["seed", 28],
  ]);
  expect(then.params[0]!.values).toEqual(["0.1", "0.01", "0.2"]);
  expect(then.params[2]!.values).not.toContain("8");
});
