import { expect, test } from "vitest";
import { BatchWriter } from "../../testing/batch-writer.js";
import { type TestServer, testServer } from "../../testing/test-server.js";

async function ranks(): Promise<TestServer> {
  const server = await testServer();
  for (const rank of ["0", "1"]) {
    const writer = new BatchWriter(`writer-rank-${rank}`, { rank });
    for (let step = 0; step < 10; step++) writer.log({ loss: step === 4 ? Number.NaN : step * 10 + Number(rank) }, step, step / 5);
    await server.store.takeRecords("one", writer.body());
  }
  return server;
}

test("fewer points than buckets come as they are, NaN by name", async () => {
  const { app } = await ranks();
  const answer = await app.inject("/v1/instances/one/series?name=loss&labels=rank%3D1&from=3&to=5");
  expect(answer.json()).toEqual({
    name: "loss",
    labels: { rank: "1" },
    axis: "step",
    raw: true,
    from: 3,
    to: 5,
    bucketWidth: 0,
    x: [3, 4, 5],
    min: [31, "NaN", 51],
    max: [31, "NaN", 51],
    last: [31, "NaN", 51],
    count: [1, 1, 1],
    nan: [0, 1, 0],
  });
});

test("labels single a series out, as JSON or k=v; several that match are listed", async () => {
  const { app } = await ranks();
  const json = await app.inject(`/v1/instances/one/series?name=loss&buckets=2&x=epoch&labels=${encodeURIComponent('{"rank":"0"}')}`);
  expect(json.json()).toMatchObject({ raw: false, x: [0.8, 1.8], count: [5, 5], nan: [1, 0], max: [30, 90] });
  const none = await app.inject("/v1/instances/one/series?name=loss");
  expect(none.statusCode).toBe(400);
  expect(none.json()).toMatchObject({
    error: { code: "ambiguous_series", message: expect.stringContaining('loss{"rank":"0"}, loss{"rank":"1"}') },
  });
});

test.each([
  ["series?name=nothing", 404, "not_found"],
  ["series", 400, "bad_request"],
  ["series?name=loss&labels=rank", 400, "bad_request"],
  ["series?name=loss&labels={", 400, "bad_request"],
  ["series?name=loss&labels=rank%3D0&from=5&to=1", 400, "bad_request"],
  ["series?name=loss&labels=rank%3D0&buckets=20001", 422, "limit_exceeded"],
  ["series?name=loss&labels=rank%3D0&x=batch", 400, "bad_request"],
  ["logs?offset=-1", 400, "bad_request"],
  ["export?format=tsv", 400, "bad_request"],
])("%s is answered by one clear error", async (path, status, code) => {
  const { app } = await ranks();
  const answer = await app.inject(`/v1/instances/one/${path}`);
  expect(answer.statusCode).toBe(status);
  expect(answer.json()).toMatchObject({ error: { code } });
});

test("every point is exported", async () => {
  const { app, store } = await ranks();
  await store.checkpoint();
  const csv = await app.inject("/v1/instances/one/export?format=csv");
  const lines = csv.body.trimEnd().split("\n");
  expect(lines).toHaveLength(21);
  expect(lines.slice(0, 2)).toEqual(["name,labels,step,epoch,time,value", 'loss,"{""rank"":""0""}",0,0,1970-01-01T00:00:00.000000000Z,0']);
  expect(lines[5]).toContain(",NaN");
  const jsonl = await app.inject("/v1/instances/one/export?format=jsonl");
  expect(JSON.parse(jsonl.body.split("\n")[4]!)).toEqual({
    name: "loss",
    labels: { rank: "0" },
    step: 4,
    epoch: 0.8,
    time: "1970-01-01T00:00:00.004000000Z",
    value: "NaN",
  });
});

test("the zero below zero is exported as -0.0, and every number so that it gives the same float64 again", async () => {
  const { app, store } = await testServer();
  const values = [-0, 0, 5e-324, -1e21, 0.1 + 0.2, Number.MAX_VALUE];
  const writer = new BatchWriter("writer-one");
  for (const value of values) writer.log({ loss: value }, value, value, 0n);
  await store.takeRecords("one", writer.body());
  const csv = (await app.inject("/v1/instances/one/export?format=csv")).body.trimEnd().split("\n").slice(1);
  expect(csv[0]).toBe("loss,,-0.0,-0.0,1970-01-01T00:00:00.000000000Z,-0.0");
  expect(csv.map((line) => Number(line.split(",")[5]))).toEqual(values);
  const jsonl = (await app.inject("/v1/instances/one/export?format=jsonl")).body.trimEnd().split("\n");
  expect(jsonl[0]).toMatch(/"step":-0\.0,"epoch":-0\.0,.*"value":-0\.0}$/);
  expect(jsonl.map((line) => JSON.parse(line) as object)).toMatchObject(values.map((value) => ({ step: value, epoch: value, value })));
});

test("a training is exported instance by instance, in the order of their ids, each point with its instance", async () => {
  const { app, store } = await testServer();
  for (const id of ["two", "one"])
    await store.takeRecords(id, new BatchWriter(`writer-${id}`, undefined, "图像").log({ loss: 1 }, 2).body());
  await store.takeRecords("other", new BatchWriter("writer-other").log({ loss: 1 }, 2).body());
  await store.putFacts("empty", { training: "图像" });
  const path = `/v1/trainings/${encodeURIComponent("图像")}/export`;
  const csv = await app.inject(path);
  expect(csv.headers["content-disposition"]).toBe("attachment; filename=\"__.csv\"; filename*=UTF-8''%E5%9B%BE%E5%83%8F.csv");
  const row = "loss,,2,,1970-01-01T00:00:00.002000000Z,1";
  expect(csv.body).toBe(`instance,name,labels,step,epoch,time,value\none,${row}\ntwo,${row}\n`);
  const jsonl = (await app.inject(`${path}?format=jsonl`)).body.split("\n");
  expect(jsonl[1]).toBe('{"instance":"two","name":"loss","labels":{},"step":2,"time":"1970-01-01T00:00:00.002000000Z","value":1}');
  const parquet = await app.inject(`${path}?format=parquet`);
  expect(parquet.headers["content-type"]).toBe("application/vnd.apache.parquet");
  expect(parquet.body).toMatch(/^PAR1.*PAR1$/s);
  const unknown = await app.inject("/v1/trainings/nothing/export");
  expect(unknown.json()).toMatchObject({ error: { code: "not_found", message: "There is no training nothing." } });
});

test("cells that a spreadsheet would take for a formula are defused where that is asked for", async () => {
  const { app, store } = await testServer();
  const names = ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "loss", "a=b"];
  await store.takeRecords("one", new BatchWriter("writer-one").log(Object.fromEntries(names.map((name) => [name, -1])), 1).body());
  const cells = async (query: string) => {
    const lines = (await app.inject(`/v1/instances/one/export?${query}`)).body.trimEnd().split("\n").slice(1);
    return lines.map((line) => [line.split(",")[0], line.split(",")[5]]);
  };
  expect(await cells("safe=1")).toEqual(["'=HYPERLINK(1)", "'+1", "'-1", "'@SUM(1)", "loss", "a=b"].map((name) => [name, "-1"]));
  expect(await cells("safe=0")).toEqual(names.map((name) => [name, "-1"]));
});

async function logged(text: string | Buffer, state?: "done"): Promise<TestServer> {
  const server = await testServer();
  const writer = new BatchWriter("writer-one").add({ type: "log", timeNs: 1n, stream: "stdout", bytes: Buffer.from(text) });
  if (state !== undefined) writer.add({ type: "facts", facts: { state } });
  await server.store.takeRecords("one", writer.body());
  return server;
}

test("log text is cut at whole characters and put together again", async () => {
  const text = "a€b😀c".repeat(50);
  const { app, store } = await logged(text, "done");
  for (const limit of [4, 5, 6, 7, 13]) {
    let read = "";
    for (let offset = 0; offset < Buffer.byteLength(text); ) {
      const page = (await app.inject(`/v1/instances/one/logs?offset=${offset}&limit=${limit}`)).json<{
        text: string;
        nextOffset: number;
      }>();
      expect(page.nextOffset).toBeGreaterThan(offset);
      read += page.text;
      offset = page.nextOffset;
      if (offset > 200) await store.checkpoint();
    }
    expect(read).toBe(text);
  }
});

test("an offset inside a character moves to the next one; bytes that are not UTF-8 are not passed over", async () => {
  const { app } = await logged(Buffer.from([0x61, 0xe2, 0x82, 0xac, 0x62, 0x80, 0x80, 0x63]), "done");
  expect((await app.inject("/v1/instances/one/logs?offset=2")).json()).toMatchObject({ offset: 4, nextOffset: 8, text: "b\ufffd\ufffdc" });
  expect((await app.inject("/v1/instances/one/logs?offset=6")).json()).toMatchObject({ offset: 6, text: "\ufffdc" });
});

test("half a character at the end waits for the rest while the run goes on", async () => {
  const bytes = Buffer.from([0x61, 0xe2, 0x82]);
  expect((await (await logged(bytes)).app.inject("/v1/instances/one/logs")).json()).toEqual({
    offset: 0,
    nextOffset: 1,
    size: 3,
    text: "a",
  });
  expect((await (await logged(bytes, "done")).app.inject("/v1/instances/one/logs")).json()).toMatchObject({
    nextOffset: 3,
    text: "a\ufffd",
  });
});

test.each([
  ["one\ntwo\nthree\n", 2, "two\nthree\n"],
  ["one\ntwo\nthree", 2, "two\nthree"],
  ["one\ntwo\nthree\n", 9, "one\ntwo\nthree\n"],
  ["one\n", 0, ""],
  ["", 3, ""],
])("the tail of %j in %i lines is %j", async (text, lines, expected) => {
  const { app } = await logged(text);
  expect((await app.inject(`/v1/instances/one/logs?tail=${lines}`)).json()).toMatchObject({ text: expected, size: text.length });
});
