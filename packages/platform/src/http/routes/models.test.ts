import type { InstanceDetail } from "ava-protocol";
import { expect, onTestFinished, test } from "vitest";
import { storedModel } from "../../testing/stored-model.js";
import { testServer } from "../../testing/test-server.js";

async function threeModels(): ReturnType<typeof testServer> {
  const server = await testServer();
  for (const [name, instance] of [
    ["b", "ins-1"],
    ["a", "ins-2"],
    ["c", "ins-1"],
    ["b", "ins-2"],
  ] as const) {
    server.advance(1000);
    const payload = storedModel(name, `${name} of ${instance}`, instance).spec;
    expect((await server.app.inject({ method: "POST", url: "/v1/models", payload })).statusCode).toBe(200);
  }
  return server;
}

test.each([
  ["", ["b 2", "a 1", "c 1"]],
  ["?instance=ins-1", ["b 1", "c 1"]],
  ["?instance=ins-2", ["a 1", "b 2"]],
  ["?instance=nobody", []],
])("models%s are listed, newest version of each", async (query, expected) => {
  const { app } = await threeModels();
  const { models } = (await app.inject(`/v1/models${query}`)).json<{ models: { name: string; version: string; download: string }[] }>();
  expect(models.map(({ name, version }) => `${name} ${version}`)).toEqual(expected);
  expect(models.every(({ name, version, download }) => download.startsWith(`/v1/models/${name}/file?version=${version}&`))).toBe(true);
});

test("every version of one model is listed, with the run that made it and where in it", async () => {
  const { app } = await threeModels();
  const { models } = (await app.inject("/v1/models?name=b")).json<{ models: unknown[] }>();
  expect(models).toMatchObject([
    { version: "1", instance: "ins-1", metric: { epoch: 3 } },
    { version: "2", instance: "ins-2", metric: { epoch: 3 } },
  ]);
});

test("an instance tells its models, newest last, with what their registration says", async () => {
  const { app } = await threeModels();
  const other = { name: "o", trainingRef: { instanceID: "ins-2", metric: "none" } };
  await app.inject({ method: "POST", url: "/v1/models", payload: other });
  await app.inject({ method: "PUT", url: "/v1/instances/ins-2", payload: {} });
  const { models } = (await app.inject("/v1/instances/ins-2")).json<InstanceDetail>();
  expect(models).toEqual([
    {
      name: "a",
      version: "1",
      type: "snapshot",
      file: expect.stringMatching(/^file:\/\/\/.*\/ava\/default\/models\/a\/snapshots\/model\.tar\.gz$/),
      bytes: 10,
      createdTime: "2026-01-01T00:00:02.000Z",
      metric: { epoch: 3 },
    },
    expect.objectContaining({ name: "b", version: "2" }),
    { name: "o", version: "1", createdTime: "2026-01-01T00:00:04.000Z" },
  ]);
  await app.inject({ method: "PUT", url: "/v1/instances/fresh", payload: {} });
  expect((await app.inject("/v1/instances/fresh")).json()).toMatchObject({ models: [] });
});

test("a client that follows an instance live hears of a new model, and of nothing when it is sent again", async () => {
  const { app, store } = await testServer();
  await app.inject({ method: "PUT", url: "/v1/instances/ins-1", payload: {} });
  onTestFinished(store.watch(() => undefined));
  const payload = storedModel("m", "one").spec;
  let heard: string | undefined;
  for (let i = 0; i < 2; i++) {
    await app.inject({ method: "POST", url: "/v1/models", payload });
    const { changes, cursor } = await store.changesSince(heard);
    expect(changes.map(({ instance }) => instance)).toEqual(i === 0 ? ["ins-1"] : []);
    heard = cursor;
  }
});

test("only what can be downloaded here has a link; a name that no address can hold is refused", async () => {
  const { app } = await testServer();
  const answer = await app.inject({
    method: "POST",
    url: "/v1/models",
    payload: { name: "m", file: "s3://bucket/ava/x", download: "/elsewhere" },
  });
  expect(answer.json()).not.toHaveProperty("download");
  expect((await app.inject({ method: "POST", url: "/v1/models", payload: { name: "\ud800" } })).statusCode).toBe(400);
  const slash = await app.inject({ method: "POST", url: "/v1/models", payload: storedModel("a/b c", "x").spec });
  expect((await app.inject(slash.json<{ download: string }>().download)).body).toBe("x");
});
