import { expect, test } from "vitest";
import { DialectClient } from "../testing/dialect-client.js";
import { wandbDialect } from "./dialect.js";

const STREAM = "/files/ava/p/r/file_stream";

/** A client with the run `r` of the project `p`. */
async function newRun(variables: object = {}) {
  const client = new DialectClient(wandbDialect);
  const ask = async (name: string, asked: object = {}) => {
    const { json } = await client.send("POST", "/graphql", { query: `\nquery ${name} ($x: Y) { z }`, variables: asked });
    return json as { data: unknown; errors?: { message: string }[] };
  };
  const upsert = (more: object = {}) => ask("UpsertBucket", { name: "r", project: "p", entity: "ava", ...more });
  const stream = (file: string, offset: number, content: unknown[]) =>
    client.send("POST", STREAM, { files: { [file]: { offset, content } } });
  await upsert(variables);
  const written = (kind: string) => (client.outlet.written.get("r") ?? []).filter((record) => record.kind === kind);
  return { client, ask, upsert, stream, written };
}

const row = (step: number) => `{"_step":${step},"_timestamp":1.7e9,"_runtime":1,"m":${step}}`;

test("of a chunk that comes again, and more with it, only the lines that are new are taken", async () => {
  const { stream, written } = await newRun();
  await stream("wandb-history.jsonl", 0, [row(0), row(1)]);
  await stream("wandb-history.jsonl", 1, [row(1), row(2)]);
  await stream("wandb-history.jsonl", 0, [row(0)]);
  await stream("wandb-history.jsonl", 10, [row(10)]);
  expect(written("points").map((record) => record.kind === "points" && record.step)).toEqual([0, 1, 2, 10]);
});

test("a row under a number that was taken is a row of its own, where it says something else; under another number it is a repeat, where it says the same", async () => {
  const { stream, written } = await newRun();
  await stream("wandb-history.jsonl", 0, [row(0), row(1)]);
  // As a process of the same run does, or a run that was begun again.
  await stream("wandb-history.jsonl", 0, [row(10), row(11)]);
  // As `wandb sync` does, with its members in any order.
  await stream("wandb-history.jsonl", 2, ['{"m":0,"_timestamp":1.7e9,"_runtime":1,"_step":0}', row(1), row(2)]);
  expect(written("points").map((record) => record.kind === "points" && record.step)).toEqual([0, 1, 10, 11, 2]);
});

test("a chunk whose number cannot be right costs nothing, neither its lines nor those of the chunks behind it", async () => {
  const { stream, written } = await newRun();
  await stream("wandb-history.jsonl", 0, [row(0)]);
  for (const [index, offset] of [-1, 1.5, "x", null, 2 ** 53, 9e15].entries()) {
    expect((await stream("wandb-history.jsonl", offset as number, [row(index + 1)])).status).toBe(200);
  }
  await stream("wandb-history.jsonl", 7, [row(7)]);
  expect(written("points").map((record) => record.kind === "points" && record.step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test("a line of output that is drawn over comes with each text, and a repeat of one not at all", async () => {
  const { stream, written } = await newRun();
  for (const text of ["10%", "10%", "20%"]) await stream("output.log", 0, [`2026-11-28T21:44:06.355558 ${text}`]);
  expect(written("log").map((record) => record.kind === "log" && new TextDecoder().decode(record.bytes))).toEqual(["10%\n", "20%\n"]);
});

test("a line that is damaged is counted, and those around it are taken", async () => {
  const { client, stream, written } = await newRun();
  expect((await stream("wandb-history.jsonl", 0, [row(0), '{"_step": 1, "m', "7", row(3)])).status).toBe(200);
  expect(written("points")).toHaveLength(2);
  expect(client.outlet.passedOver).toEqual([["r", "damaged lines", 2]]);
});

test("what a row holds that is not a number is counted once, however often and under whatever number it comes", async () => {
  const { client, stream } = await newRun();
  const media = '{"_step":1,"_timestamp":1.7e9,"text":"a","picture":{"_type":"image-file"}}';
  await stream("wandb-history.jsonl", 0, [row(0), media]);
  await stream("wandb-history.jsonl", 0, [row(0), media]);
  await stream("wandb-history.jsonl", 1, ['{"_timestamp":1.7e9,"picture":{"_type":"image-file"},"text":"a","_step":1}', row(2)]);
  expect(client.outlet.passedOver).toEqual([
    ["r", "texts", 1],
    ["r", "media", 1],
  ]);
});

test("an alert that a client sends again, since it had no answer, is counted once", async () => {
  const { client, ask } = await newRun();
  const alert = (text: string) => ask("NotifyScriptableRunAlert", { projectName: "p", runName: "r", title: "t", text, severity: "WARN" });
  for (const text of ["low", "low", "high"]) expect((await alert(text)).data).toEqual({ notifyScriptableRunAlert: { success: true } });
  expect(client.outlet.passedOver).toEqual([
    ["r", "alerts", 1],
    ["r", "alerts", 1],
  ]);
});

test("a run goes on where it was: lines, step, config, summary and tags are told", async () => {
  const { ask, stream, upsert } = await newRun({ config: '{"lr":{"value":0.10},"nan":{"value":NaN}}', tags: ["a"], notes: "n" });
  await stream("wandb-history.jsonl", 0, [row(0), row(1)]);
  await stream("wandb-summary.json", 0, ['{"m":1,"best":{"max":NaN},"_runtime":1}']);
  const { data } = await ask("RunResumeStatus", { project: "p", entity: "ava", name: "r" });
  const { bucket } = (data as { model: { bucket: Record<string, string> } }).model;
  expect(bucket).toMatchObject({ historyLineCount: 2, tags: ["a"], notes: "n", wandbConfig: '{"t":1}' });
  expect(bucket["config"]).toBe('{"lr":{"value":0.10},"nan":{"value":"NaN"}}');
  expect(JSON.parse(bucket["summaryMetrics"] ?? "")).toEqual({ m: 1, best: { max: "NaN" } });
  expect(JSON.parse(JSON.parse(bucket["historyTail"] ?? "")[0])).toMatchObject({ _step: 1 });
  expect(await upsert()).toMatchObject({ data: { upsertBucket: { bucket: { historyLineCount: 2 }, inserted: false } } });
  expect(await ask("RunResumeStatus", { project: "p", name: "other" })).toMatchObject({ data: { model: { bucket: null } } });
});

test("a stop reaches both generations of the client", async () => {
  const { client, ask, stream } = await newRun();
  const stopped = async () => [
    (await stream("wandb-history.jsonl", 0, [])).json,
    await ask("RunStoppedStatus", { projectName: "p", entityName: "ava", runId: "r" }),
  ];
  expect(await stopped()).toMatchObject([{ stopped: false }, { data: { project: { run: { stopped: false } } } }]);
  client.memory.stop("r", "enough");
  expect(await stopped()).toMatchObject([{ stopped: true }, { data: { project: { run: { stopped: true } } } }]);
});

test("the exit code ends the instance; a run that begins again runs", async () => {
  const { client, upsert } = await newRun();
  await client.send("POST", STREAM, { complete: true, exitcode: 3 });
  expect((await client.memory.run("r"))?.facts).toMatchObject({ state: "failed", end: { exitCode: 3 } });
  await upsert();
  expect((await client.memory.run("r"))?.facts.state).toBe("running");
  expect((await client.memory.run("r"))?.facts.stopTime).toBeUndefined();
});

test("x axes: the longest pattern counts, a metric is not its own axis, and without the axis in the line the step is that of the line", async () => {
  const metrics = '[{"1":"epoch"},{"1":"hour"},{"2":"val/*","5":1},{"2":"val/long/*","4":"hour"},{"2":"*","5":1},{"1":"x","5":2}]';
  const { stream, written } = await newRun({ config: `{"_wandb":{"value":{"m":${metrics}}}}` });
  await stream("wandb-history.jsonl", 0, ['{"_step":5,"epoch":2,"hour":3,"val/a":1,"val/long/b":1,"x":1,"c":1}', '{"_step":6,"val/a":2}']);
  const steps = written("points").flatMap((record) =>
    record.kind === "points" ? record.series.map(({ name }) => `${name}@${record.step}`) : [],
  );
  expect(steps.sort()).toEqual(["c@2", "epoch@5", "hour@2", "val/a@2", "val/a@6", "val/long/b@3", "x@3"]);
});

test("system metrics are series of their own, apart from those that AVA measures", async () => {
  const { stream, written } = await newRun();
  await stream("wandb-events.jsonl", 0, ['{"system.cpu":0.5,"system.gpu.0.temp":40,"_runtime":1.5,"_timestamp":1.7e9,"_wandb":true}']);
  const labels = { source: "wandb" };
  expect(written("points")).toMatchObject([
    {
      step: 1.5,
      series: [
        { name: "system/cpu", labels },
        { name: "system/gpu.0.temp", labels },
      ],
      values: [0.5, 40],
    },
  ]);
});

test("what cannot be kept is 503, which the client repeats; garbage never is", async () => {
  const { client, stream, written } = await newRun();
  client.outlet.isFull = true;
  expect((await stream("wandb-history.jsonl", 0, [row(0)])).status).toBe(503);
  client.outlet.isFull = false;
  expect((await stream("wandb-history.jsonl", 0, [row(0)])).status).toBe(200);
  expect(written("points")).toHaveLength(1);
  expect((await client.send("POST", STREAM, "{nonsense")).status).toBe(400);
  expect((await client.send("POST", STREAM, { files: { "wandb-history.jsonl": { offset: "x", content: 7 } } })).status).toBe(200);
  expect((await client.send("PUT", "/storage/r/..%2Fx", "bytes")).status).toBe(400);
  expect((await client.send("PUT", "/storage/unknown/x", "bytes")).status).toBe(404);
});

test("lines that are too many at once are counted, and those behind them are taken: after a refusal the client sends none", async () => {
  const { client, stream, written } = await newRun();
  const long = `{"_step":0,"_timestamp":1.7e9,"t":"${"x".repeat(20_000_000)}","m":0}`;
  expect((await stream("wandb-history.jsonl", 0, [long])).status).toBe(200);
  expect((await stream("wandb-history.jsonl", 1, [long, long, long, long])).status).toBe(200);
  await stream("wandb-history.jsonl", 5, [row(5)]);
  expect(written("points").map((record) => record.kind === "points" && record.step)).toEqual([0, 5]);
  expect(client.outlet.passedOver).toEqual([
    ["r", "texts", 1],
    ["r", "requests of more than 67108864 bytes", 1],
  ]);
});

test("a summary or a config that is too large is counted, and the lines and the end that come with it are taken", async () => {
  const { client, upsert, stream, written } = await newRun();
  const large = "x".repeat(4_500_000);
  expect(await upsert({ config: `{"large":{"value":"${large}"}}`, notes: "n" })).not.toHaveProperty("errors");
  expect((await stream("wandb-summary.json", 0, [`{"sample":"${large}"}`])).status).toBe(200);
  expect((await stream("wandb-history.jsonl", 0, [row(0)])).status).toBe(200);
  expect(written("points")).toHaveLength(1);
  expect(client.outlet.passedOver).toEqual([
    ["r", "configs beyond the size of a run's params", 1],
    ["r", "summaries beyond the size of a run's params", 1],
  ]);
});

test("what AVA does not do is an error in the form of GraphQL; types of the server have no new fields", async () => {
  const { client, ask } = await newRun();
  const { data, errors } = await ask("UseArtifact");
  expect([data, errors?.[0]?.message]).toEqual([null, expect.stringContaining("UseArtifact")]);
  expect((await ask("TypeInfo", { name: "Artifact" })).data).toEqual({ __type: { name: "Artifact", fields: [], inputFields: [] } });
  const query = 'query Probe { QueryType: __type(name: "Query") { ...f } InfoType : __type (name: "ServerInfo") { ...f } }';
  const { json } = await client.send("POST", "/graphql", { query });
  expect(json).toEqual({ data: { QueryType: { fields: [], inputFields: [] }, InfoType: { fields: [], inputFields: [] } } });
});

test("the question by which clients check their key has no name", async () => {
  const { client } = await newRun();
  for (const query of ["query { viewer { id } }", "{\n  viewer {\n    id\n  }\n}\n"]) {
    expect((await client.send("POST", "/graphql", { query })).json).toMatchObject({ data: { viewer: { id: "ava" } } });
  }
});

test("the key comes as a password", () => {
  expect(wandbDialect.tokenOf({ authorization: `Basic ${btoa("api:a-key")}` })).toBe("a-key");
  expect(wandbDialect.tokenOf({ authorization: "Basic %" })).toBeUndefined();
  expect(wandbDialect.tokenOf({})).toBeUndefined();
});

test("a config that is nested too deeply is refused in GraphQL's way: a client sends again for hours what is answered 500", async () => {
  const { client, upsert } = await newRun();
  const config = `${'{"a":'.repeat(200)}1${"}".repeat(200)}`;
  expect(await upsert({ config })).toMatchObject({ data: null, errors: [{ message: expect.stringContaining("100 levels") }] });
  const { status } = await client.send("POST", "/graphql", {
    query: "mutation UpsertBucket { z }",
    variables: { name: "r", project: "p", config },
  });
  expect(status).toBe(200);
});

test("a client before 0.16 gets addresses for its files, too", async () => {
  const { client, ask } = await newRun();
  const { data } = await ask("RunUploadUrls", { name: "p", run: "r", entity: "ava", files: ["a b.txt"] });
  const { files } = (data as { model: { bucket: { files: { edges: { node: { name: string; url: string } }[] } } } }).model.bucket;
  expect(files.edges).toMatchObject([{ node: { name: "a b.txt" } }]);
  const path = new URL(files.edges[0]?.node.url ?? "").pathname.replace("/wandb", "");
  expect((await client.send("PUT", path, "content")).status).toBe(200);
  expect((await client.send("GET", path)).text).toBe("content");
});

test("a program that waits until its artifact is logged goes on", async () => {
  const { ask, client } = await newRun();
  const input = { projectName: "p", runName: "r", artifactCollectionName: "mine", digest: "0123456789abcdef" };
  const { data } = await ask("CreateArtifact", { input });
  const { id } = (data as { createArtifact: { artifact: { id: string } } }).createArtifact.artifact;
  expect(await ask("ArtifactByID", { id })).toMatchObject({
    data: {
      artifact: {
        id,
        state: "COMMITTED",
        digest: "0123456789ab",
        currentManifest: null,
        artifactSequence: { name: "mine", project: { name: "p" } },
      },
    },
  });
  expect(await ask("ArtifactByIDShort", { id })).toMatchObject({
    data: {
      artifact: {
        id,
        versionIndex: expect.any(Number) as unknown,
        artifactSequence: { name: "mine", project: { name: "p", entityName: expect.any(String) as unknown } },
      },
    },
  });
  expect(await ask("FetchArtifactManifest", { id })).toMatchObject({ errors: [{ message: "the artifact has no manifest" }] });
  const manifest = await ask("CreateArtifactManifest", { artifactID: id, name: "wandb_manifest.json", includeUpload: true });
  const { uploadUrl } = (manifest.data as { createArtifactManifest: { artifactManifest: { file: { uploadUrl: string } } } })
    .createArtifactManifest.artifactManifest.file;
  await client.send("PUT", new URL(uploadUrl).pathname.replace("/wandb", ""), "{}");
  expect(await ask("FetchArtifactManifest", { id })).toEqual({
    data: { artifact: { currentManifest: { file: { directUrl: uploadUrl } } } },
  });
  // As clients before 0.22 do, of each version its own.
  const version = async (digest: string, collection: string) => {
    const made = await ask("CreateArtifact", { input: { ...input, digest, artifactCollectionName: collection } });
    const artifactID = (made.data as { createArtifact: { artifact: { id: string } } }).createArtifact.artifact.id;
    await client.send("PUT", `/storage/r/artifacts/${collection}/${digest}/wandb_manifest.json`, "{}");
    const { artifact } = (await ask("ArtifactByIDShort", { id: artifactID })).data as { artifact: { versionIndex: number } };
    return `${collection}:v${artifact.versionIndex}`;
  };
  for (const collection of ["other", "run-r-the-table"]) {
    for (const digest of ["aaa", "bbb"]) {
      expect(await ask("ArtifactManifest", { projectName: "p", name: await version(digest, collection) })).toMatchObject({
        data: {
          project: {
            artifact: { currentManifest: { file: { directUrl: expect.stringContaining(`/${collection}/${digest}/`) as unknown } } },
          },
        },
      });
    }
  }
  expect(await ask("FetchArtifactManifest", { projectName: "p", name: "other:v1" })).toMatchObject({ data: null });
  expect(await ask("ArtifactByID", { id: "another" })).toMatchObject({
    data: null,
    errors: [{ message: expect.stringContaining("artifact") }],
  });
});
