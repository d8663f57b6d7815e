import { expect, test } from "vitest";
import { testServer } from "../../testing/test-server.js";

const TEXT = '{\n  "seed": 9223372036854775807,\n  "lr": 0.10,\n  "clip": NaN\n}';

async function asked(url: string, payload?: object) {
  const { app } = await testServer();
  return app.inject(payload === undefined ? url : { method: "PUT", url, payload });
}

test("a training is made with a display name and a note, in any language", async () => {
  const { app } = await testServer();
  const url = `/v1/trainings/${encodeURIComponent("检测")}`;
  const put = await app.inject({ method: "PUT", url, payload: { displayName: "目标检测", note: "第一版" } });
  expect(put.json()).toMatchObject({
    name: "检测",
    displayName: "目标检测",
    note: "第一版",
    instances: 0,
    createdTime: expect.any(String),
  });
  expect((await app.inject(url)).json()).toEqual(put.json());
  expect((await app.inject("/v1/trainings")).json()).toEqual({
    trainings: [{ name: "检测", displayName: "目标检测", instances: 0, running: 0 }],
  });
});

test("a training says for how many days its runs are kept, until it is put with none", async () => {
  const { app } = await testServer();
  const put = async (payload: object) => (await app.inject({ method: "PUT", url: "/v1/trainings/t", payload })).json();
  expect(await put({ note: "nightly" })).not.toHaveProperty("retentionDays");
  expect(await put({ retentionDays: 90 })).toMatchObject({ note: "nightly", retentionDays: 90 });
  expect((await app.inject("/v1/trainings/t")).json()).toMatchObject({ retentionDays: 90 });
  for (const retentionDays of [-1, 0.5, "90 days", 36_501])
    expect(await put({ retentionDays })).toHaveProperty("error.code", "bad_request");
  expect(await put({ retentionDays: 0 })).not.toHaveProperty("retentionDays");
});

test("params are answered as they were written, and each revision of them", async () => {
  const { app } = await testServer();
  const url = "/v1/trainings/t/params";
  const first = await app.inject({ method: "PUT", url, payload: { paramsText: TEXT, note: "base", baseRevision: 0 } });
  expect(first.json()).toMatchObject({ training: "t", revision: 1, paramsText: TEXT, note: "base", params: { clip: "NaN" } });
  expect(first.body).toContain('"seed":9223372036854775807,"lr":0.10');
  const headers = { "content-type": "application/json" };
  await app.inject({ method: "PUT", url, headers, payload: '{"params": {"lr": 1.0}}' });
  expect((await app.inject(url)).json()).toMatchObject({ revision: 2, paramsText: '{"lr": 1.0}' });
  expect((await app.inject(`${url}?revision=1`)).json()).toEqual(first.json());
  const revisions = (await app.inject(`${url}/revisions`)).json();
  expect(revisions).toEqual({
    revisions: [
      { revision: 1, createdTime: expect.any(String), note: "base" },
      { revision: 2, createdTime: expect.any(String) },
    ],
  });
  expect((await app.inject("/v1/trainings/t")).json()).toMatchObject({ paramsRevision: 2 });
});

test.each([
  [{ paramsText: '{"a": 1,}' }, /line 1, column 8/],
  [{ paramsText: "[1]" }, /a JSON object/],
  [{ paramsText: `{"a": "${"x".repeat(1_048_576)}"}` }, /limit paramsTextUnits/],
  [{}, /neither/],
  [{ params: {}, note: "x".repeat(65_537) }, /limit noteUnits/],
  [{ paramsText: '{"a": "\ud800"}' }, /half a character/],
  [{ params: {}, note: "\ud800" }, /half a character/],
])("params %# are refused with the place or the limit", async (payload, message) => {
  const answer = await asked("/v1/trainings/t/params", payload);
  expect(answer.statusCode).toBe(400);
  expect(answer.json().error.message).toMatch(message);
});

test("a training that is not there, has no params or not this revision is named", async () => {
  expect((await asked("/v1/trainings/none")).statusCode).toBe(404);
  expect((await asked("/v1/trainings/none/params")).json().error).toMatchObject({ code: "not_found", message: /has no params/ });
  expect((await asked("/v1/trainings/none/params?revision=3")).json().error.message).toContain("revision 3");
  expect((await asked("/v1/trainings/a%2Fb", { note: "" })).statusCode).toBe(400);
  expect((await asked("/v1/trainings/t", { displayName: "x".repeat(129) })).statusCode).toBe(400);
});

test("params that were made from an older revision are refused", async () => {
  const { app } = await testServer();
  const put = (payload: object) => app.inject({ method: "PUT", url: "/v1/trainings/t/params", payload });
  await put({ params: { a: 1 } });
  const late = await put({ params: { a: 2 }, baseRevision: 0 });
  expect([late.statusCode, late.json().error.code]).toEqual([409, "conflict"]);
});

test("a training is deleted with its instances, and comes back with one of them", async () => {
  const { app } = await testServer();
  await app.inject({ method: "PUT", url: "/v1/trainings/t/params", payload: { params: { a: 1 } } });
  await app.inject({ method: "PUT", url: "/v1/instances/one", payload: { training: "t", paramsRevision: 1 } });
  expect((await app.inject({ method: "DELETE", url: "/v1/trainings/t" })).json()).toEqual({ deleted: ["one"] });
  expect((await app.inject("/v1/trainings")).json()).toEqual({ trainings: [] });
  expect((await app.inject("/v1/trainings/t/params")).statusCode).toBe(410);
  await app.inject({ method: "POST", url: "/v1/instances/one/restore" });
  expect((await app.inject("/v1/trainings/t/params")).json()).toMatchObject({ revision: 1 });
  expect((await app.inject("/v1/instances/one")).json()).toMatchObject({ paramsRevision: 1 });
});
