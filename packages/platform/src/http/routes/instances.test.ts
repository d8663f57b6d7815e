import { expect, test } from "vitest";
import { BatchWriter } from "../../testing/batch-writer.js";
import { type TestServer, testServer } from "../../testing/test-server.js";

async function put({ app }: TestServer, id: string, facts: object): Promise<void> {
  const answer = await app.inject({ method: "PUT", url: `/v1/instances/${id}`, payload: facts });
  expect(answer.statusCode).toBe(200);
}

async function ids({ app }: TestServer, query: string): Promise<string[]> {
  const answer = await app.inject(`/v1/instances?${query}`);
  return answer.json<{ instances: { id: string }[] }>().instances.map(({ id }) => id);
}

async function threeRuns(): Promise<TestServer> {
  const server = await testServer();
  await put(server, "a", { training: "t1", startTime: "2026-01-01T00:00:00Z", params: { lr: 0.1, net: { depth: 18 } } });
  await put(server, "b", { training: "t2", startTime: "2026-01-03T00:00:00Z", params: { lr: 0.01 }, state: "done" });
  await put(server, "c", { training: "t1", name: "基线 A/B", startTime: "2026-01-02T00:00:00Z", params: { note: "Warm start" } });
  await server.store.takeRecords("a", new BatchWriter("writer-one").log({ loss: 5 }, 1).log({ loss: 2 }, 2).body());
  await server.store.takeRecords("b", new BatchWriter("writer-one").log({ loss: 1 }, 1).log({ loss: 3 }, 2).body());
  return server;
}

test("facts are created, changed and kept; putting twice is putting once", async () => {
  const server = await testServer();
  const facts = { training: "t", params: { a: 1 }, state: "done", end: { exitCode: 3, message: "out of memory" } };
  await put(server, "x", facts);
  await put(server, "x", facts);
  await put(server, "x", { host: "node-7" });
  expect((await server.app.inject("/v1/instances/x")).json()).toMatchObject({ ...facts, id: "x", host: "node-7" });
  expect((await server.app.inject("/v1/trainings")).json()).toMatchObject({ trainings: [{ name: "t", instances: 1, running: 0 }] });
});

test("facts of the environment are kept and shown; unknown fields of git are left out", async () => {
  const server = await testServer();
  const facts = {
    git: { commit: "c0ffee", branch: "main", isDirty: true, diff: "-a\n+b\n", isDiffTruncated: true },
    runtime: { python: "3.12.4" },
    packages: { numpy: "2.1.0" },
    os: "Linux 6.1.0 x64",
    cpus: 1.5,
    memoryBytes: 2 ** 31,
    gpus: ["NVIDIA H200"],
  };
  await put(server, "x", { ...facts, git: { ...facts.git, remote: "other" } });
  const detail = (await server.app.inject("/v1/instances/x")).json<object>();
  expect(detail).toMatchObject(facts);
  expect(detail).not.toHaveProperty("git.remote");
  const wrong = await server.app.inject({ method: "PUT", url: "/v1/instances/x", payload: { packages: ["numpy"] } });
  expect(wrong.statusCode).toBe(400);
});

test("a display name is shown by lists and details, can be changed, and is refused where it breaks the rule", async () => {
  const server = await threeRuns();
  const named = async () => (await server.app.inject("/v1/instances/c")).json<{ name: string }>().name;
  expect(await named()).toBe("基线 A/B");
  const refused = await server.app.inject({ method: "PUT", url: "/v1/instances/c", payload: { name: "n".repeat(129) } });
  expect(refused.json()).toMatchObject({
    error: { code: "bad_request", message: expect.stringContaining('"name" must be a display name') },
  });
  expect(await named()).toBe("基线 A/B");
  await put(server, "c", { name: "second try" });
  expect((await server.app.inject("/v1/instances?filter=second")).json()).toMatchObject({ instances: [{ id: "c", name: "second try" }] });
});

test("a run that says it runs again loses its end", async () => {
  const server = await testServer();
  await put(server, "x", { state: "failed", end: { exitCode: 1 }, stopTime: "2026-01-01T00:00:00Z" });
  await put(server, "x", { state: "running" });
  const detail = (await server.app.inject("/v1/instances/x")).json<object>();
  expect(detail).not.toHaveProperty("end");
  expect(detail).not.toHaveProperty("stopTime");
});

test.each([
  ["", ["b", "c", "a"]],
  ["sort=startTime", ["a", "c", "b"]],
  ["sort=loss", ["a", "b", "c"]],
  ["sort=-loss", ["b", "a", "c"]],
  ["sort=min:loss", ["b", "a", "c"]],
  ["sort=params.lr", ["b", "a", "c"]],
  ["filter=training%3Dt1", ["c", "a"]],
  ["filter=state%3Ddone", ["b"]],
  ["filter=state%3Drunning,done", ["b", "c", "a"]],
  ["filter=params.net.depth%3D18", ["a"]],
  ["filter=warm", ["c"]],
  [`filter=${encodeURIComponent("基线 a/b t1")}`, ["c"]],
  ["filter=training%3Dt1%20lr", ["a"]],
])("lists by %s", async (query, expected) => {
  expect(await ids(await threeRuns(), query)).toEqual(expected);
});

test("pages lead from one to the next, also when a new run comes between", async () => {
  const server = await threeRuns();
  const first = (await server.app.inject("/v1/instances?limit=2")).json<{ nextCursor: string; total: number }>();
  expect(first.total).toBe(3);
  await put(server, "d", { startTime: "2026-02-01T00:00:00Z" });
  expect(await ids(server, `limit=2&cursor=${first.nextCursor}`)).toEqual(["a"]);
  expect((await server.app.inject("/v1/instances?cursor=nonsense")).json()).toMatchObject({ error: { code: "bad_request" } });
});

test("instances of one training", async () => {
  const { app } = await threeRuns();
  expect((await app.inject("/v1/trainings/t1/instances")).json()).toMatchObject({ total: 2, instances: [{ id: "c" }, { id: "a" }] });
});

test.each(["图像 分类", "a=b c", "%2F?#&+", "😀".repeat(128), "...", '{"a":1}', "'; DROP TABLE instances"])(
  "the training %s is found by its name",
  async (training) => {
    const server = await threeRuns();
    await put(server, "named", { training });
    const page = await server.app.inject(`/v1/trainings/${encodeURIComponent(training)}/instances?filter=named`);
    expect(page.json()).toMatchObject({ total: 1, instances: [{ id: "named", training }] });
  },
);

test("the reason of a stop loses its control characters: it is shown on a terminal", async () => {
  const { app } = await threeRuns();
  const stop = async (reason: string) => {
    const answer = await app.inject({ method: "POST", url: "/v1/instances/a/stop", payload: { reason } });
    return answer.json<{ stopRequested: { reason: string } }>().stopRequested.reason;
  };
  expect(await stop("\u001b[31mred\u001b[0m\r\ntwo\0three\u009b2J \ud800")).toBe("[31mred [0m two three 2J \ufffd");
  expect(await stop("\n\t")).toBe("stopped by a person");
});

test("a run is asked to stop", async () => {
  const { app } = await threeRuns();
  const answer = await app.inject({ method: "POST", url: "/v1/instances/a/stop", payload: { reason: "diverged" } });
  expect(answer.json()).toMatchObject({ stopRequested: { reason: "diverged", time: "2026-01-01T00:00:00.000Z" } });
  expect((await app.inject({ method: "POST", url: "/v1/instances/a/stop" })).statusCode).toBe(200);
  expect((await app.inject({ method: "POST", url: "/v1/instances/nobody/stop" })).statusCode).toBe(404);
});

test.each([
  ["PUT", "/v1/instances/a", '{"state":"lost"}', 400, "bad_request"],
  ["PUT", "/v1/instances/a", '{"state":', 400, "bad_request"],
  ["PUT", "/v1/instances/a", '{"startTime":"yesterday"}', 400, "bad_request"],
  ["PUT", "/v1/instances/a%2Fb", "{}", 400, "bad_request"],
  ["GET", "/v1/instances/nobody", undefined, 404, "not_found"],
  ["GET", "/v1/instances?limit=0", undefined, 400, "bad_request"],
  ["GET", "/v1/nothing", undefined, 404, "not_found"],
  ["DELETE", "/v1/instances/none", undefined, 404, "not_found"],
  ["GET", "/v1/%zz", undefined, 400, "bad_request"],
])("%s %s with %s is answered by one clear error", async (method, url, payload, status, code) => {
  const { app } = await threeRuns();
  const headers = payload === undefined ? {} : { "content-type": "application/json" };
  const answer = await app.inject({ method: method as "GET", url, headers, ...(payload === undefined ? {} : { payload }) });
  expect(answer.statusCode).toBe(status);
  expect(answer.json()).toEqual({ error: { code, message: expect.stringMatching(/\w.*\.$/) } });
});
