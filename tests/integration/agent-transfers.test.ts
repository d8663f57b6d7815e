// Models, logs and transfers that the agent does for its clients: real files, the emulator of Kodo, a real platform.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { startEmulator } from "ava-kodo-emulator";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { AgentProcess, attach, newRun } from "../processes/agent.js";
import { newWorkspace, runAva, waitFor } from "../processes/ava.js";
import { patternOf } from "../processes/content-server.js";
import { caffeLog } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";

const DEAD_URL = "http://127.0.0.1:9";
const MIB = 1024 * 1024;
const keys = { accessKey: "agent-test-ak", secretKey: "agent-test-sk" };

let platform: PlatformProcess;

beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
});

afterAll(() => platform.stop());

test("a job that appears is stored and registered; a model, logs and a download go through the storage", async () => {
  const agent = await AgentProcess.start();
  const [folder, storage, files] = [newRun("agent-models"), newWorkspace(), newWorkspace()];
  const client = await agent.client();
  await attach(client, folder, platform.url, { environment: { AVA_PLATFORM_URL: platform.url, AVA_STORAGE: `file:${storage}` } });
  const weights = path.join(files, "weights");
  writeFileSync(weights, "weights\n");
  mkdirSync(path.join(folder.run, "logs"));
  writeFileSync(path.join(folder.run, "logs", "train.log"), "line\n");
  mkdirSync(path.join(folder.run, "snapshots"));
  const job = {
    id: "00job",
    kind: "snapshot",
    model: "agent-models-snapshot-model:epoch_1",
    key: "ava/default/models/agent-models-snapshot-model:epoch_1/snapshots/model.tar.gz",
    format: "tar.gz",
    files: [weights],
    metric: { epoch: 1 },
    trainingRef: { instanceID: folder.instance },
    params: {},
  };
  writeFileSync(path.join(folder.run, "snapshots", "00job.job.json"), JSON.stringify(job));
  await waitFor(() => client.events("registered").length > 0, "word of the model");
  expect(client.events("registered")).toMatchObject([{ model: job.model, run: folder.run, url: expect.stringContaining(storage) }]);

  const uploaded = await client.call("uploadModel", { run: folder.run, name: "mine", key: "ava/mine.tar.gz", files: [weights] });
  expect(uploaded).toMatchObject({ ok: true, model: "mine", url: `file://${path.join(storage, "ava/mine.tar.gz")}` });
  const target = path.join(files, "back");
  expect(await client.call("downloadModel", { run: folder.run, name: "mine", folder: target })).toMatchObject({ folder: target });
  expect(readFileSync(path.join(target, "weights"), "utf8")).toBe("weights\n");
  expect(await client.call("uploadLogs", { run: folder.run })).toMatchObject({ files: [{ key: expect.stringContaining("train.log") }] });
  const missing = await client.call("uploadModel", { run: folder.run, name: "none", files: [] });
  expect(missing).toMatchObject({ error: { code: "SNAPSHOT_EMPTY" } });
});

test("a model that cannot be registered now is answered with why, and stored later", async () => {
  const agent = await AgentProcess.start();
  const [folder, storage] = [newRun("agent-models-late"), newWorkspace()];
  const client = await agent.client();
  await attach(client, folder, DEAD_URL, { environment: { AVA_PLATFORM_URL: DEAD_URL, AVA_STORAGE: `file:${storage}` } });
  const answer = await client.call("uploadModel", { run: folder.run, name: "mine", files: [caffeLog("multiloss")] });
  expect(answer).toMatchObject({ error: { code: "SNAPSHOT_WAITS" } });
  await agent.kill();
  const env = { AVA_WORKSPACE: folder.workspace, AVA_PLATFORM_URL: platform.url, AVA_STORAGE: `file:${storage}` };
  expect((await runAva(["sync"], env)).stdout.toString()).toContain("1 snapshots stored");
});

test("a file goes to Kodo and comes back, with progress; an object is fetched by its address", async () => {
  const data = newWorkspace();
  const emulator = await startEmulator({ data, ...keys, buckets: ["train"] });
  onTestFinished(() => emulator.close());
  // Where it asks for the hosts of buckets is in the agent's own settings.
  const agent = await AgentProcess.start([], { AVA_STORAGE: `kodo:train?endpoint=http://${emulator.host}`, AVA_WORKSPACE: data });
  const client = await agent.client();
  const [file, back] = [path.join(data, "weights"), path.join(data, "back")];
  const content = patternOf(9 * MIB + 5, 3);
  writeFileSync(file, content);
  const stored = await client.call("upload", { file, bucket: "train", key: "models/weights", ...keys });
  expect(stored).toMatchObject({ ok: true, bytes: content.length, hash: expect.stringMatching(/^[\w-]{28}$/) });
  expect(client.events("progress").at(-1)).toMatchObject({ id: stored["id"], bytes: content.length, totalBytes: content.length });

  const url = "qiniu:///train/models/weights";
  const fetched = await client.call("fetch", { url, ...keys });
  expect(fetched).toMatchObject({ status: 200, reason: "OK", effectiveUrl: expect.stringContaining("/models/weights?") });
  expect(readFileSync(fetched["bodyFile"] as string).equals(content)).toBe(true);
  rmSync(fetched["bodyFile"] as string);
  expect(await client.call("download", { url, file: back, ...keys })).toMatchObject({ bytes: content.length });
  expect(readFileSync(back).equals(content)).toBe(true);

  // Its standard output may be the way to its client.
  expect(await client.call("download", { url, file: "/dev/stdout", ...keys })).toMatchObject({ error: { code: "FILE_UNWRITABLE" } });

  expect(await client.call("upload", { file, bucket: "train", key: "x" })).toMatchObject({ error: { code: "CREDENTIALS_MISSING" } });
  const missing = await client.call("upload", { file: path.join(data, "none"), bucket: "train", key: "x", ...keys });
  expect(missing).toMatchObject({ error: { code: "FILE_UNREADABLE" } });
  const unsigned = await client.call("fetch", { url: `http://${emulator.host}/stat/eA==`, isMacSigned: true, ...keys });
  expect(unsigned).toMatchObject({ error: { code: "HTTP_STATUS", status: expect.any(Number), response: { body: expect.any(String) } } });
  expect(agent.ava.stderr().toString()).not.toContain(keys.secretKey);
});
