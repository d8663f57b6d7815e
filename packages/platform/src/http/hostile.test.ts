import { LIMITS } from "ava-protocol";
import { expect, test } from "vitest";
import { idsOf } from "../testing/seen.js";
import { testServer } from "../testing/test-server.js";

const DEEP = `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`;
const DEEP_LIST = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;

const headers = { "content-type": "application/json" };
const RECORDS = { "content-type": "application/x-ava-records" };
const INSTANCE = "/v1/instances/one";
const OLD = "/v1/trainings/mnist/instances";
const MODELS = "/v1/models";
const STOP = `${INSTANCE}/stop`;
const RESULT = "/v1/evaluations/e1/result";

test.each([
  ["PUT", INSTANCE, `{"params":${DEEP}}`],
  ["PUT", INSTANCE, `{"unknown":${DEEP}}`],
  ["PUT", INSTANCE, `{"git":${DEEP}}`],
  ["PUT", INSTANCE, '{"end":{"message":{"toString":1}}}'],
  ["PUT", INSTANCE, '{"end":{"exitCode":"1"}}'],
  ["PUT", INSTANCE, '{"training":{"toString":1}}'],
  ["PUT", INSTANCE, '{"training":"a/b"}'],
  ["PUT", INSTANCE, '{"training":"a\\u0000b"}'],
  ["PUT", INSTANCE, '{"training":"\\ud800"}'],
  ["PUT", INSTANCE, '{"training":".."}'],
  ["PUT", INSTANCE, '{"training":"e\\u0301"}'],
  ["PUT", INSTANCE, '{"params":[1,2]}'],
  ["PUT", INSTANCE, '{"runtime":{"node":{"toString":1}}}'],
  ["PUT", INSTANCE, '{"command":[{}]}'],
  ["PUT", INSTANCE, '{"startTime":"yesterday"}'],
  ["PUT", INSTANCE, '{"state":{"toString":1}}'],
  ["PUT", INSTANCE, DEEP_LIST],
  ["PUT", INSTANCE, "null"],
  ["PUT", INSTANCE, '"text"'],
  ["PUT", "/v1/instances/a%00b", "{}"],
  ["PUT", "/v1/instances/%zz", "{}"],
  ["POST", STOP, '{"reason":{"toString":1}}'],
  ["POST", STOP, `{"reason":${DEEP}}`],
  ["POST", STOP, "[1]"],
  ["POST", MODELS, '{"name":"m","trainingRef":{"instanceID":{"toString":1}}}'],
  ["POST", MODELS, '{"name":"m","trainingRef":{"instanceID":5}}'],
  ["POST", MODELS, '{"name":"m","trainingRef":[1]}'],
  ["POST", MODELS, '{"name":{"toString":1}}'],
  ["POST", MODELS, '{"name":5}'],
  ["POST", MODELS, '{"name":""}'],
  ["POST", MODELS, '{"name":"a\\u0000b"}'],
  ["POST", MODELS, '{"name":"\\ud800"}'],
  ["POST", MODELS, '{"name":"m","version":{"toString":1}}'],
  ["POST", MODELS, '{"name":"m","version":"1\\u0000"}'],
  ["POST", MODELS, '{"name":"m","file":{"toString":1}}'],
  ["POST", MODELS, '{"name":"m","bytes":"12"}'],
  ["POST", MODELS, `{"name":"m","params":${DEEP}}`],
  ["POST", MODELS, `{"name":"m","whatever":${DEEP_LIST}}`],
  ["PUT", RESULT, DEEP],
  ["PUT", RESULT, "[1]"],
  ["PUT", "/v1/evaluations/a%00b/result", "{}"],
  ["POST", OLD, '{"params":5}'],
  ["POST", OLD, `{"params":${DEEP}}`],
  ["POST", OLD, '{"status":"sleeping"}'],
  ["POST", "/v1/trainings/a%2Fb/instances", "{}"],
  ["POST", "/v1/trainings/a%00b/instances", "{}"],
  ["PUT", `${OLD}/one`, '{"errMsg":{"toString":1}}'],
  ["PUT", `${OLD}/a b`, "{}"],
  ["POST", "/v1/login", '{"token":{"toString":1}}'],
  ["POST", "/v1/login", DEEP],
  ["PUT", INSTANCE, '{"__proto__":{"a":1}}'],
  ["PUT", INSTANCE, '{"params":{"constructor":{"prototype":1}}}'],
] as const)("a body that cannot be kept, %# (%s %s): a clear 4xx, and nothing has changed", async (method, url, payload) => {
  const { app, store } = await testServer();
  await app.inject({ method: "PUT", url: INSTANCE, headers, payload: "{}" });
  const before = (await app.inject(INSTANCE)).json<object>();
  const answer = await app.inject({ method, url, headers, payload });
  expect(answer.statusCode).toBeGreaterThanOrEqual(400);
  expect(answer.statusCode).toBeLessThan(500);
  expect(answer.json()).toEqual({ error: { code: "bad_request", message: expect.stringMatching(/^(body|[A-Z"]).{10,400}\.$/s) } });
  expect((await app.inject(INSTANCE)).json()).toEqual(before);
  expect([await idsOf(store), await store.models({})]).toEqual([[expect.any(String)], []]);
});

test.each([
  ["PUT", INSTANCE],
  ["PUT", RESULT],
  ["POST", MODELS],
  ["POST", OLD],
  ["POST", STOP],
  ["POST", "/v1/login"],
] as const)("%s %s does not take the bytes of journal records for a JSON object", async (method, url) => {
  const { app } = await testServer();
  await app.inject({ method: "PUT", url: INSTANCE, headers, payload: "{}" });
  const answer = await app.inject({ method, url, headers: RECORDS, payload: '{"name":"m","token":"t"}' });
  expect([answer.statusCode, answer.json()]).toMatchObject([400, { error: { code: "bad_request" } }]);
});

test.each([
  "/v1/instances?limit=-1e400",
  "/v1/instances?limit=1e400",
  "/v1/instances/one/series?name=loss&from=-1e400",
  "/v1/instances/one/series?name=loss&buckets=-Infinity",
  "/v1/instances/one/logs?offset=-1e400",
  "/v1/instances/one/logs?tail=1e400",
])("%s is not a number of anything", async (url) => {
  const { app } = await testServer();
  await app.inject({ method: "PUT", url: INSTANCE, headers, payload: "{}" });
  const answer = await app.inject(url);
  expect([answer.statusCode, answer.json()]).toMatchObject([
    400,
    { error: { message: expect.stringMatching(/^[LFBOT]\w+ must be a finite number\.$/) } },
  ]);
});

test("a body that is not UTF-8 is refused: names that differ do not become one", async () => {
  const { app } = await testServer();
  const payload = Buffer.concat([Buffer.from('{"training":"a'), Buffer.from([0xff]), Buffer.from('"}')]);
  const answer = await app.inject({ method: "PUT", url: INSTANCE, headers, payload });
  expect([answer.statusCode, answer.json().error.message]).toEqual([400, "The body is not UTF-8; nothing of it was kept."]);
});

test("connections of clients that begin a request and do not go on are cut some time", async () => {
  const { server } = (await testServer()).app;
  expect(server.timeout).toBeGreaterThan(60_000);
  expect(server.requestTimeout).toBeGreaterThan(server.timeout);
});

test("an address that names a hundred runs with the longest ids is answered; one beyond the limit is told the limit", async () => {
  const { app } = await testServer();
  const url = await app.listen({ port: 0 });
  const ids = Array.from({ length: 100 }, (_, i) => `a${":".repeat(124)}${100 + i}`).join(",");
  const address = `${url}/v1/instances?filter=${encodeURIComponent(`id=${ids}`)}`;
  const answer = await fetch(address, { headers: { referer: address } });
  expect([answer.status, await answer.json()]).toMatchObject([200, { total: 0 }]);
  const refused = await fetch(`${url}/v1/instances?filter=${"a".repeat(LIMITS.requestHeadBytes)}`);
  const message = "The request has an address and headers above the limit requestHeadBytes = 131072 bytes.";
  expect([refused.status, await refused.json()]).toEqual([431, { error: { code: "bad_request", message } }]);
});
