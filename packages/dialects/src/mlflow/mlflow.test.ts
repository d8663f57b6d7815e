import { expect, test } from "vitest";
import { DialectClient } from "../testing/dialect-client.js";
import { mlflowDialect } from "./dialect.js";

const API = "/api/2.0/mlflow";

interface Run {
  info: { run_id: string; status: string; experiment_id: string; run_name: string };
  data: { metrics: unknown[]; params: unknown[]; tags: { key: string; value: string }[] };
}

/** A client with one run, and how it logs. */
async function newRun(body: object = {}) {
  const client = new DialectClient(mlflowDialect);
  const { json } = await client.send("POST", `${API}/runs/create`, { start_time: 1_700_000_000_000, run_name: "r", ...body });
  const { info } = (json as { run: Run }).run;
  const logBatch = (batch: object) => client.send("POST", `${API}/runs/log-batch`, { run_id: info.run_id, ...batch });
  const run = async () => ((await client.send("GET", `${API}/runs/get?run_id=${info.run_id}`)).json as { run: Run }).run;
  const id = client.outlet.opened[0]?.id ?? "";
  return { client, info, id, logBatch, run };
}

function written({ client, id }: Awaited<ReturnType<typeof newRun>>, kind: string): unknown[] {
  return (client.outlet.written.get(id) ?? []).filter((record) => record.kind === kind);
}

test("values, steps and times arrive as they were logged and are read back so", async () => {
  const run = await newRun();
  const told = [Number.NaN, Infinity, -Infinity, -0, 0.1 + 0.2, 5e-324, 2 ** 53 + 2, -1.797e308];
  const wire = told.map((value) => (Number.isFinite(value) ? value : String(value)));
  const text = wire.map(
    (value, index) =>
      `{"key":"损失","value":${Object.is(value, -0) ? "-0.0" : JSON.stringify(value)},"timestamp":${1_700_000_000_000 + index},"step":${3 - index}}`,
  );
  expect(
    (await run.client.send("POST", `${API}/runs/log-batch`, `{"run_id":"${run.info.run_id}","metrics":[${text.join(",")}]}`)).status,
  ).toBe(200);
  expect(written(run, "points")).toEqual(
    told.map((value, index) => ({
      kind: "points",
      series: [{ name: "损失", labels: {} }],
      step: 3 - index,
      timeNs: BigInt(1_700_000_000_000 + index) * 1_000_000n,
      values: [value],
    })),
  );
  const { text: history } = await run.client.send("GET", `${API}/metrics/get-history?run_id=${run.info.run_id}&metric_key=损失`);
  const values = [...history.matchAll(/"value": ([^,]+),/g)].map(([, value]) => value);
  expect(values.map((value = "") => Number(value.replaceAll('"', "")))).toEqual(told);
  expect(values.slice(0, 4)).toEqual(['"NaN"', '"Infinity"', '"-Infinity"', "-0.0"]);
});

test("a time that records do not hold is the nearest that they do, and no two such points are taken for one", async () => {
  const run = await newRun();
  const timestamps = [1_790_000_000_000_000, 1_790_000_000_000_000_000, -1_790_000_000_000_000];
  const metrics = timestamps.map((timestamp) => ({ key: "m", value: 1, timestamp, step: 0 }));
  expect((await run.logBatch({ metrics })).status).toBe(200);
  const most = 2n ** 63n - 1n;
  expect(written(run, "points").map((point) => (point as { timeNs: bigint }).timeNs)).toEqual([most, most, -most]);
});

test("a param called mlflow is one beside the run's tags, which may be logged again but not changed", async () => {
  const run = await newRun();
  const params = [
    { key: "mlflow", value: "3.10" },
    { key: "lr", value: "0.10" },
  ];
  for (let round = 0; round < 2; round++) expect((await run.logBatch({ params })).status).toBe(200);
  expect((await run.logBatch({ params: [{ key: "mlflow", value: "4" }] })).status).toBe(400);
  const { params: known, tags } = (await run.run()).data;
  expect(known).toEqual(expect.arrayContaining(params));
  expect([known.length, tags]).toEqual([2, [{ key: "mlflow.runName", value: "r" }]]);
});

test("a batch that comes again adds nothing; only what is new of it is taken", async () => {
  const run = await newRun();
  const metrics = Array.from({ length: 1000 }, (_, step) => ({ key: "m", value: step / 7, timestamp: 1, step }));
  for (const batch of [metrics, metrics, [...metrics.slice(500), { key: "m", value: 1, timestamp: 2, step: 999 }]]) {
    expect((await run.logBatch({ metrics: batch })).status).toBe(200);
  }
  expect(written(run, "points")).toHaveLength(1001);
});

test("the metric of a run is its point with the greatest step, not the last to arrive", async () => {
  const run = await newRun();
  for (const step of [4, 3]) await run.logBatch({ metrics: [{ key: "x", value: step, timestamp: 10 - step, step }] });
  expect((await run.run()).data.metrics).toEqual([{ key: "x", value: 4, timestamp: 6, step: 4 }]);
});

test("params keep every digit, and a param that is set already is not changed", async () => {
  const run = await newRun();
  const params = { lr: "0.10", seed: "12345678901234567890", big: "1E-400", list: "[1, 2]", yes: "True", "a.b/c d": "模型", n: "007" };
  await run.logBatch({ params: Object.entries(params).map(([key, value]) => ({ key, value })) });
  const facts = written(run, "facts").at(-1) as { facts: { paramsText: string } };
  expect(facts.facts.paramsText).toContain(
    '"lr": 0.10, "seed": 12345678901234567890, "big": 1E-400, "list": "[1, 2]", "yes": "True", "a.b/c d": "模型", "n": "007"}',
  );
  expect((await run.run()).data.params).toEqual(Object.entries(params).map(([key, value]) => ({ key, value })));
  const again = { run_id: run.info.run_id, key: "lr", value: "0.1" };
  expect(await run.client.send("POST", `${API}/runs/log-parameter`, again)).toMatchObject({
    status: 400,
    json: { error_code: "INVALID_PARAMETER_VALUE" },
  });
});

test("tags of several threads at once are all kept, and the name of the run is that of the instance", async () => {
  const run = await newRun();
  const tags = Array.from({ length: 50 }, (_, index) => ({ key: `t${index}`, value: String(index) }));
  await Promise.all([...tags, { key: "mlflow.note.content", value: "一" }].map((tag) => run.logBatch({ tags: [tag] })));
  expect((await run.run()).data.tags).toEqual([
    { key: "mlflow.runName", value: "r" },
    ...tags,
    { key: "mlflow.note.content", value: "一" },
  ]);
  expect((await run.client.memory.run(run.id))?.facts.name).toBe("r");
  await run.logBatch({ tags: [{ key: "mlflow.runName", value: `a\n${"长".repeat(300)}` }] });
  expect((await run.run()).info.run_name).toBe(`a\n${"长".repeat(300)}`);
  expect((await run.client.memory.run(run.id))?.facts.name).toBe(`a ${"长".repeat(126)}`);
});

test.each([
  ["FINISHED", { state: "done", stopTime: "2023-11-14T22:13:20.123Z" }],
  ["FAILED", { state: "failed" }],
  ["KILLED", { state: "failed", end: { message: "killed", stoppedBy: "signal" } }],
])("the status %s is the state of the instance, and comes back", async (status, facts) => {
  const run = await newRun();
  await run.client.send("POST", `${API}/runs/update`, { run_id: run.info.run_id, status, end_time: 1_700_000_000_123 });
  expect(written(run, "facts").at(-1)).toMatchObject({ facts });
  expect((await run.run()).info).toMatchObject({ status, end_time: 1_700_000_000_123 });
});

test("an experiment has one id everywhere, and its name makes the training", async () => {
  const ids: unknown[] = [];
  for (const client of [new DialectClient(mlflowDialect), new DialectClient(mlflowDialect)]) {
    const { json } = await client.send("POST", `${API}/experiments/create`, { name: "视觉/a\tb" });
    const { experiment_id: id } = json as { experiment_id: string };
    ids.push(id);
    await client.send("POST", `${API}/runs/create`, { experiment_id: id });
    expect(client.outlet.opened[0]?.key.training).toBe("视觉_a_b");
    expect((await client.send("GET", `${API}/experiments/get?experiment_id=${id}`)).json).toMatchObject({
      experiment: { name: "视觉/a\tb" },
    });
    expect((await client.send("POST", `${API}/experiments/create`, { name: "视觉/a\tb" })).json).toMatchObject({
      error_code: "RESOURCE_ALREADY_EXISTS",
    });
  }
  expect(ids[0]).toMatch(/^\d{18}$/);
  expect(ids[1]).toBe(ids[0]);
  const { info, client } = await newRun();
  expect([info.experiment_id, client.outlet.opened[0]?.key.training]).toEqual(["0", "default"]);
});

test("tags of an experiment that are set at the same time are all there, also after it is renamed", async () => {
  const client = new DialectClient(mlflowDialect);
  const { json } = await client.send("POST", `${API}/experiments/create`, { name: "e", tags: [{ key: "a", value: "0" }] });
  const { experiment_id: id } = json as { experiment_id: string };
  const set = (key: string, value: string) =>
    client.send("POST", `${API}/experiments/set-experiment-tag`, { experiment_id: id, key, value });
  await Promise.all([set("a", "1"), set("b b", "2"), set("c", "")]);
  await client.send("POST", `${API}/experiments/update`, { experiment_id: id, new_name: "f" });
  // The newest comes first.
  const search = (await client.send("POST", `${API}/experiments/search`, {})).json as { experiments: { name: string }[] };
  expect(search.experiments.map(({ name }) => name)).toEqual(["f", "Default"]);
  await set("b b", "3");
  const found = (await client.send("GET", `${API}/experiments/get?experiment_id=${id}`)).json as { experiment: { tags: object[] } };
  expect(found.experiment.tags).toEqual([
    { key: "a", value: "1" },
    { key: "b b", value: "3" },
    { key: "c", value: "" },
  ]);
});

test("a long history comes in pages", async () => {
  const run = await newRun();
  const steps = Array.from({ length: 250 }, (_, step) => step);
  await run.logBatch({ metrics: steps.map((step) => ({ key: "m", value: 1, timestamp: 1, step })) });
  const found: number[] = [];
  for (let token: string | undefined = ""; token !== undefined; ) {
    const target = `${API}/metrics/get-history?run_id=${run.info.run_id}&metric_key=m&max_results=100&page_token=${token}`;
    const { metrics, next_page_token: next } = (await run.client.send("GET", target)).json as {
      metrics: { step: number }[];
      next_page_token?: string;
    };
    found.push(...metrics.map(({ step }) => step));
    token = next;
  }
  expect(found).toEqual(steps);
});

test("what cannot be kept is 503, which the client repeats; then all of it is taken once", async () => {
  const run = await newRun();
  const metrics = [{ key: "m", value: 1, timestamp: 1, step: 1 }];
  run.client.outlet.isFull = true;
  expect(await run.logBatch({ metrics })).toMatchObject({ status: 503, json: { error_code: "TEMPORARILY_UNAVAILABLE" } });
  run.client.outlet.isFull = false;
  expect((await run.logBatch({ metrics })).status).toBe(200);
  expect(written(run, "points")).toHaveLength(1);
});

test("a deleted run takes nothing until it is restored", async () => {
  const run = await newRun();
  const batch = { metrics: [{ key: "m", value: 1, timestamp: 1, step: 1 }] };
  await run.client.send("POST", `${API}/runs/delete`, { run_id: run.info.run_id });
  expect((await run.logBatch(batch)).status).toBe(400);
  await run.client.send("POST", `${API}/runs/restore`, { run_id: run.info.run_id });
  expect((await run.logBatch(batch)).status).toBe(200);
});

test.each([
  ["GET", "/api/2.0/mlflow/traces", "", 404, "ENDPOINT_NOT_FOUND"],
  ["GET", `${API}/runs/get?run_id=nope`, "", 404, "RESOURCE_DOES_NOT_EXIST"],
  ["POST", `${API}/runs/create`, "{nonsense", 400, "INVALID_PARAMETER_VALUE"],
  ["POST", `${API}/runs/create`, "[1]", 400, "INVALID_PARAMETER_VALUE"],
  ["POST", `${API}/runs/create`, '{"start_time":"1e99"}', 400, "INVALID_PARAMETER_VALUE"],
  ["POST", `${API}/runs/log-metric`, '{"run_id":"RUN","key":"m","value":"many"}', 400, "INVALID_PARAMETER_VALUE"],
  ["POST", `${API}/runs/log-metric`, '{"run_id":"RUN","key":"a\\u0000","value":1}', 400, "INVALID_PARAMETER_VALUE"],
  ["POST", `${API}/runs/log-batch`, '{"run_id":"RUN","metrics":{"a":1}}', 400, "INVALID_PARAMETER_VALUE"],
  ["PUT", "/api/2.0/mlflow-artifacts/artifacts/0/RUN/artifacts/..%2f..%2fx", "bytes", 400, "INVALID_PARAMETER_VALUE"],
  ["PUT", "/api/2.0/mlflow-artifacts/artifacts/0/RUN/artifacts/%ff", "bytes", 400, "INVALID_PARAMETER_VALUE"],
])("%s %s with %s answers %i %s", async (method, target, body, status, code) => {
  const { client, info } = await newRun();
  const answer = await client.send(method, target.replace("RUN", info.run_id), body.replace("RUN", info.run_id));
  expect(answer).toMatchObject({ status, json: { error_code: code, message: expect.stringMatching(/./) as unknown } });
});

test("of params and tags that a run has no room for, those that fit are kept and the others counted", async () => {
  const large = '"'.repeat(2_100_000);
  const run = await newRun({ tags: [{ key: "large", value: large }] });
  const small = ["a", "b", "c", "d"].map((key) => ({ key, value: key }));
  const [before, behind] = [small.slice(0, 2), small.slice(2)];
  expect((await run.logBatch({ params: [...before, { key: "large", value: large }, ...behind], tags: small })).status).toBe(200);
  expect((await run.client.send("POST", `${API}/runs/log-parameter`, { run_id: run.info.run_id, key: "large", value: large })).status).toBe(
    200,
  );
  expect((await run.run()).data).toMatchObject({ params: small, tags: [{ key: "mlflow.runName", value: "r" }, ...small] });
  expect(run.client.outlet.passedOver.map(([, , count]) => count)).toEqual([1, 1, 1]);
});

test("a start or end told in nanoseconds is the last time that records hold", async () => {
  const run = await newRun({ start_time: 1_790_000_000_000_000_000 });
  const end = { run_id: run.info.run_id, status: "FINISHED", end_time: 1_790_000_000_000_000_000 };
  expect((await run.client.send("POST", `${API}/runs/update`, end)).status).toBe(200);
  expect(await run.client.memory.run(run.id)).toMatchObject({
    facts: { startTime: "2262-04-11T23:47:16.854Z", stopTime: "2262-04-11T23:47:16.854Z" },
  });
});

test.each([
  ["a:b", "a%3Ab"],
  ["a\\b", "a%5Cb"],
  ["f/x\u0001\n", "f/x%01%0A"],
  ["f".repeat(300), `${"f".repeat(50)}-`],
  [`${"长".repeat(80)}/`.repeat(20) + "x", `${"长".repeat(80)}/`],
])("an artifact whose name files of runs do not have is kept under another, and read by its own", async (path, kept) => {
  const { client, info, id } = await newRun();
  const target = `/api/2.0/mlflow-artifacts/artifacts/0/${info.run_id}/artifacts/${path.split("/").map(encodeURIComponent).join("/")}`;
  expect((await client.send("PUT", target, "bytes")).status).toBe(200);
  expect((await client.send("GET", target)).text).toBe("bytes");
  expect([...client.outlet.paths].filter((at) => at.startsWith(`${id}/${kept}`))).toHaveLength(1);
});

test("an artifact in whose way a folder is, is counted: a refusal raises an error in the program", async () => {
  const { client, info, id } = await newRun();
  const put = (path: string) => client.send("PUT", `/api/2.0/mlflow-artifacts/artifacts/0/${info.run_id}/artifacts/${path}`, "bytes");
  for (const path of ["a/b", "a", "a/b/c"]) expect((await put(path)).status).toBe(200);
  expect([...client.outlet.paths]).toEqual([`${id}/a/b`]);
  expect(client.outlet.passedOver.map(([, , count]) => count)).toEqual([1, 1]);
});

test("a trace is refused, and counted once with its run, however often it comes", async () => {
  const { client, info, id } = await newRun();
  const trace = (timestamp: number, run: string) => {
    const told = [{ key: "mlflow.sourceRun", value: run }];
    return client.send("POST", "/api/2.0/mlflow/traces", { experiment_id: "0", timestamp_ms: timestamp, request_metadata: told });
  };
  for (const [timestamp, run] of [
    [1, info.run_id],
    [1, info.run_id],
    [2, info.run_id],
    [3, "not-there"],
  ] as const) {
    const { status, text } = await trace(timestamp, run);
    expect([status, text]).toEqual([404, expect.stringContaining("AVA keeps no traces of MLflow")]);
  }
  expect(client.outlet.passedOver).toEqual([
    [id, "traces", 1],
    [id, "traces", 1],
  ]);
});

test("a page of the history that is not one of ours is refused", async () => {
  const run = await newRun();
  for (const token of ["-5", "1e99", "x"]) {
    const path = `${API}/metrics/get-history?run_id=${run.info.run_id}&metric_key=m&page_token=${token}`;
    expect((await run.client.send("GET", path)).status).toBe(400);
  }
});
