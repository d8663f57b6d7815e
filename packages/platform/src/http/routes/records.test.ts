import { LIMITS } from "ava-protocol";
import { expect, test } from "vitest";
import { BatchWriter } from "../../testing/batch-writer.js";
import { idsOf } from "../../testing/seen.js";
import { testServer } from "../../testing/test-server.js";
import { RECORDS_TYPE } from "./records.js";

const url = "/v1/instances/one/records";
const headers = { "content-type": RECORDS_TYPE };

test("records are acknowledged, and seen in the instance", async () => {
  const { app } = await testServer();
  const writer = new BatchWriter("writer-one").add({ type: "facts", facts: { params: { lr: 1 } } }).log({ loss: 0.5 }, 7);
  const answer = await app.inject({ method: "POST", url, headers, payload: writer.body() });
  expect(answer.json()).toEqual({ ack: 3 });
  const detail = await app.inject("/v1/instances/one");
  expect(detail.json()).toMatchObject({
    training: "demo",
    state: "running",
    params: { lr: 1 },
    series: [{ name: "loss", last: 0.5, lastStep: 7 }],
  });
});

test("a gap is answered 409 with ack", async () => {
  const { app } = await testServer();
  const answer = await app.inject({ method: "POST", url, headers, payload: new BatchWriter("writer-one").log({ loss: 1 }, 1).body(5) });
  expect(answer.statusCode).toBe(409);
  expect(answer.json()).toMatchObject({ ack: 0, error: { code: "seq_gap" } });
});

test.each([
  ["damage", { headers, payload: Buffer.from("AVAB nonsense") }, 400, "bad_records"],
  ["another content type", { headers: { "content-type": "application/json" }, payload: "{}" }, 400, "bad_request"],
  ["an unknown content type", { headers: { "content-type": "image/png" }, payload: "x" }, 400, "bad_request"],
  ["no body", { headers }, 400, "bad_records"],
  ["a body over the limit", { headers, payload: Buffer.alloc(LIMITS.recordsBodyBytes + 1) }, 413, "body_too_large"],
])("one clear error for %s", async (_what, request, status, code) => {
  const { app, store } = await testServer();
  const answer = await app.inject({ method: "POST", url, ...request });
  expect(answer.statusCode).toBe(status);
  expect(answer.json()).toEqual({ error: { code, message: expect.stringMatching(/\w.*\.$/) } });
  expect(await idsOf(store)).toEqual([]);
});

test("an id that could be no folder is refused", async () => {
  const { app } = await testServer();
  const answer = await app.inject({
    method: "POST",
    url: "/v1/instances/..%2Fx/records",
    headers,
    payload: new BatchWriter("writer-one").body(),
  });
  expect(answer.json()).toMatchObject({ error: { code: "bad_request" } });
});

test("a run among many is asked to pause", async () => {
  const { app } = await testServer();
  const answers: unknown[] = [];
  for (let run = 0; run <= 300; run++) {
    const payload = new BatchWriter("writer-one").log({ loss: 1 }, 1).body();
    answers.push((await app.inject({ method: "POST", url: `/v1/instances/run-${run}/records`, headers, payload })).json());
  }
  expect(answers[0]).toEqual({ ack: 2 });
  expect(answers[300]).toEqual({ ack: 2, pauseMs: 301 });
});
