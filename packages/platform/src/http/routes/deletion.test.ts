import { expect, test } from "vitest";
import { BatchWriter } from "../../testing/batch-writer.js";
import { testServer } from "../../testing/test-server.js";

test("an instance is deleted and restored; its run is answered 410 meanwhile, and goes on afterwards", async () => {
  const { app, store } = await testServer();
  const writer = new BatchWriter("writer-one").log({ loss: 1 }, 1);
  await store.takeRecords("one", writer.body());
  const before = (await app.inject("/v1/instances/one")).json<object>();
  expect((await app.inject({ method: "DELETE", url: "/v1/instances/one" })).json()).toEqual({ deleted: ["one"] });
  expect((await app.inject("/v1/instances")).json()).toMatchObject({ total: 0, instances: [] });
  const body = writer.log({ loss: 2 }, 2).body();
  const headers = { "content-type": "application/x-ava-records" };
  const sent = () => app.inject({ method: "POST", url: "/v1/instances/one/records", headers, payload: body });
  const gone = {
    error: { code: "deleted", message: expect.stringContaining("It can be restored until 2026-01-08") },
    restorableUntil: "2026-01-08T00:00:00.000Z",
  };
  for (const answer of [
    await sent(),
    await app.inject("/v1/instances/one"),
    await app.inject({ method: "DELETE", url: "/v1/instances/one" }),
  ]) {
    expect([answer.statusCode, answer.json()]).toEqual([410, gone]);
  }
  expect((await app.inject({ method: "POST", url: "/v1/instances/one/restore" })).json()).toEqual(
    Object.fromEntries(Object.entries(before).filter(([key]) => key !== "models")),
  );
  expect((await sent()).json()).toEqual({ ack: writer.seq });
  expect((await app.inject({ method: "POST", url: "/v1/instances/none/restore" })).statusCode).toBe(404);
  expect((await app.inject("/v1/instances/none/export?damaged=skip")).statusCode).toBe(404);
});

test("a training is deleted with its instances; after seven days they are removed for good, and their ids are free", async () => {
  const { app, store, advance } = await testServer();
  for (const id of ["one", "two"]) {
    await store.takeRecords(
      id,
      new BatchWriter("writer-one")
        .log({ loss: 1 }, 1)
        .print("line\n")
        .add({ type: "event", event: { event: "snapshot" } })
        .body(),
    );
  }
  await store.putFacts("other", { training: "kept" });
  expect((await app.inject({ method: "DELETE", url: "/v1/trainings/demo" })).json()).toEqual({ deleted: ["one", "two"] });
  expect((await app.inject({ method: "DELETE", url: "/v1/trainings/demo" })).statusCode).toBe(404);
  expect((await app.inject("/v1/trainings")).json()).toMatchObject({ trainings: [{ name: "kept" }] });
  advance(7 * 24 * 3_600_000);
  expect(await store.prune()).toBe(0);
  expect((await app.inject({ method: "POST", url: "/v1/instances/one/restore" })).statusCode).toBe(410);
  advance(2 * 3_600_000);
  expect(await store.prune()).toBe(2);
  expect((await app.inject("/v1/instances/one")).statusCode).toBe(404);
  await store.takeRecords("one", new BatchWriter("writer-one").log({ acc: 2 }, 1).body());
  await store.checkpoint();
  expect((await app.inject("/v1/instances/one")).json()).toMatchObject({ logBytes: 0, events: [], series: [{ name: "acc", count: 1 }] });
  expect((await app.inject("/v1/instances")).json()).toMatchObject({ total: 2 });
});
