import { expect, test } from "vitest";
import { seriesOf } from "../../testing/seen.js";
import { type TestServer, testServer } from "../../testing/test-server.js";

const url = "/v1/report/trainings/ins-1/metric";
const tags = "job_type=training,id=ins-1,epoch=2,batch=100";

async function report({ app }: TestServer, payload: string): Promise<{ status: number; body: object }> {
  // As the old client sends it: urllib names a form.
  const answer = await app.inject({ method: "POST", url, headers: { "content-type": "application/x-www-form-urlencoded" }, payload });
  return { status: answer.statusCode, body: answer.json() };
}

test("old measurements become today's series, of an instance that need not be known", async () => {
  const server = await testServer();
  const lines = [
    `ava_metric_training_loss,${tags} value=0.25 1528885285756645000`,
    `ava_metric_training_learning_rate,${tags} value=1e-05 1528885285756645000`,
    `ava_metric_training_val_accuracy,${tags} value=nan 1528885285756645000`,
    `ava_metric_training_sample_num,${tags} count=6400 1528885285756645000`,
    `ava_metric_meta_info,${tags},batch_in_epoch=50 value=1 1528885285756645000`,
    `other,${tags},gpu=0 used=3,free=5i,ok=true 1528885285756645000`,
  ];
  expect(await report(server, lines.join("\n"))).toEqual({ status: 200, body: { code: 0, accepted: 8, rejected: 0 } });
  const detail = (await server.app.inject("/v1/instances/ins-1")).json<{ training: string; series: object[] }>();
  expect(detail.training).toBe("default");
  expect(detail.series).toMatchObject([
    { name: "loss", labels: {}, last: 0.25, lastStep: 100, lastTimeNs: "1528885285756645000" },
    { name: "lr", last: 1e-5 },
    { name: "val/accuracy", last: "NaN" },
    { name: "samples", last: 6400 },
    { name: "ava_metric_meta_info", labels: {}, last: 1 },
    { name: "other/used", labels: { gpu: "0" }, last: 3 },
    { name: "other/free", last: 5 },
    { name: "other/ok", last: 1 },
  ]);
  const series = await server.app.inject("/v1/instances/ins-1/series?name=loss&x=epoch");
  expect(series.json()).toMatchObject({ x: [2] });
});

test("a body that is sent again is answered as taken and not doubled", async () => {
  const server = await testServer();
  const body = `ava_metric_training_loss,${tags} value=0.25 1528885285756645000\n`;
  await report(server, body);
  expect(await report(server, body)).toMatchObject({ body: { code: 0 } });
  await report(server, body.replace("0.25", "0.24"));
  expect((await seriesOf(server.store, "ins-1", "loss"))?.count).toBe(2);
  for (let i = 0; i < 2; i++) await report(server, "untimed value=1");
  expect((await seriesOf(server.store, "ins-1", "untimed"))?.count).toBe(2);
});

test("bad lines are counted as lost and do not make the client send the good ones again", async () => {
  const server = await testServer();
  const answer = await report(server, `ava_metric_training_loss,${tags} value=0.25 1\nnonsense\nx,${tags} text="a" 1\n`);
  expect(answer).toEqual({ status: 200, body: { code: 0, accepted: 1, rejected: 2 } });
  expect((await server.app.inject("/v1/instances/ins-1")).json()).toMatchObject({ drops: { points: 2, reason: "line 2: no field" } });
});

test.each([
  ["a name that is too long", `${"n".repeat(600)},batch=1 value=1`, /more than 512 characters/],
  ["a name with a control character", "a\u0000b,batch=1 value=1", /control character/],
  ["a label that is too long", `m,gpu=${"g".repeat(600)},batch=1 value=1`, /the label "gpu" has more than 512/],
  ["40 labels", `m,${Array.from({ length: 40 }, (_, i) => `t${i}=1`).join(",")} value=1`, /more than 32 labels/],
  ["a field that makes the name too long", `${"n".repeat(500)} ok=1,${"f".repeat(20)}=1`, /more than 512 characters/],
])("%s does not refuse the good lines beside it (case 14)", async (_what, bad, reason) => {
  const server = await testServer();
  const good = bad.includes("ok=1") ? 2 : 1;
  expect(await report(server, `${bad}\nm,batch=23 value=1 7\n`)).toEqual({ status: 200, body: { code: 0, accepted: good, rejected: 1 } });
  expect((await server.app.inject("/v1/instances/ins-1")).json()).toMatchObject({
    drops: { points: 1, reason: expect.stringMatching(/^line 1: /) },
  });
  expect(await seriesOf(server.store, "ins-1", "m")).toMatchObject({ count: 1, lastStep: 23 });
  const shown = (await server.app.inject("/v1/instances/ins-1")).json<{ drops: { reason: string } }>();
  expect(shown.drops.reason).toMatch(reason);
});

test("2,000 reports with counters among their tags are points of one series, not 2,000 series", async () => {
  const server = await testServer();
  const lines = Array.from(
    { length: 2000 },
    (_, i) => `ava_metric_meta_info,job_type=training,id=ins-1,epoch=${i >> 8},batch=${i},batch_in_epoch=${i & 255} value=1 ${i}`,
  );
  await report(server, lines.join("\n"));
  await report(server, Array.from({ length: 100 }, (_, i) => `other,iteration=${i} value=${i} ${i}`).join("\n"));
  const series = await server.store.series("ins-1");
  expect(series.map(({ name, count, lastStep }) => [name, count, lastStep])).toEqual([
    ["ava_metric_meta_info", 2000, 1999],
    ["other", 100, 99],
  ]);
});

test("an equal body within two seconds is a repeat, a later one a report", async () => {
  const server = await testServer();
  const body = `ava_metric_training_loss,${tags} value=0.25 1528885285000000000\n`;
  const count = async () => (await seriesOf(server.store, "ins-1", "loss"))?.count;
  await report(server, body);
  server.advance(1999);
  await report(server, body);
  expect(await count()).toBe(1);
  server.advance(1);
  await report(server, body);
  expect(await count()).toBe(2);
});

test("a tag or a field that is called as something of JavaScript is as any other", async () => {
  const server = await testServer();
  await report(server, "m,__proto__=a,constructor=b __proto__=1,toString=2 7\n");
  expect((await server.store.series("ins-1")).map(({ name, labels }) => [name, Object.entries(labels)])).toEqual([
    [
      "m/__proto__",
      [
        ["__proto__", "a"],
        ["constructor", "b"],
      ],
    ],
    [
      "m/toString",
      [
        ["__proto__", "a"],
        ["constructor", "b"],
      ],
    ],
  ]);
});

test("a body without a good line is refused", async () => {
  const server = await testServer();
  expect(await report(server, "nonsense")).toEqual({
    status: 400,
    body: { code: 400, error: { code: "bad_line_protocol", message: "No line was taken. The first that is wrong: line 1: no field." } },
  });
});

test("the old client's way of an instance: create, read, end", async () => {
  const { app } = await testServer();
  const created = await app.inject({
    method: "POST",
    url: "/v1/trainings/mnist/instances",
    payload: { status: "running", params: { a: 1 } },
  });
  const { id } = created.json<{ id: string }>();
  const path = `/v1/trainings/mnist/instances/${id}`;
  const spec = { status: "failed", stopTime: "2026-01-01T00:00:00Z", errMsg: "out of memory" };
  expect((await app.inject({ method: "PUT", url: path, payload: spec })).statusCode).toBe(200);
  expect((await app.inject(path)).json()).toMatchObject({ id, ...spec, params: { a: 1 }, state: "failed" });
  expect((await app.inject(`/v1/trainings/other/instances/${id}`)).statusCode).toBe(404);
});

test("models have versions; a spec sent again makes no new one", async () => {
  const { app } = await testServer();
  const spec = { name: "ins-1-snapshot-model:epoch_3", type: "snapshot", file: "qiniu://1@z0/b/k", params: { a: 1 } };
  for (const file of ["one", "one", "two"]) await app.inject({ method: "POST", url: "/v1/models", payload: { ...spec, file } });
  const path = `/v1/models/${encodeURIComponent(spec.name)}`;
  expect((await app.inject(path)).json()).toMatchObject({ version: "2", file: "two", params: { a: 1 } });
  expect((await app.inject(`${path}/1`)).json()).toMatchObject({ version: "1", file: "one" });
  expect((await app.inject(`${path}?includeDetails=false`)).json()).not.toHaveProperty("params");
  expect((await app.inject(`${path}/3`)).statusCode).toBe(404);
  expect((await app.inject("/v1/models")).json()).toMatchObject({ models: [{ name: spec.name, version: "2" }] });
});
