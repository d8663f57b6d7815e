import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { startEmulator } from "ava-kodo-emulator";
import { TrainInstance } from "ava-sdk";
import { compress } from "ava-sdk/utils";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { newWorkspace, runAva, startAva, waitFor } from "../processes/ava.js";
import { caffeLog, repositoryPath } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";

const DEAD_URL = "http://127.0.0.1:9";

let platform: PlatformProcess;

beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
});

afterAll(() => platform.stop());

interface Model {
  name: string;
  type: string;
  file: string;
  key: string;
  params: unknown;
  trainingRef: { instanceID: string; training: string; metric: { epoch?: number; batch?: number } };
}

function modelOf(name: string): Promise<Model> {
  return platform.get<Model>(`/v1/models/${encodeURIComponent(name)}?includeDetails=true`);
}

async function filesIn(storage: string, key: string): Promise<string[]> {
  const folder = path.join(newWorkspace(), "unpacked");
  await compress.untarFile(path.join(storage, key), folder);
  return readdirSync(folder).toSorted();
}

test("a snapshot of the output folder is packed, stored, registered with its lineage, and comes back", async () => {
  const workspace = newWorkspace();
  const ins = await TrainInstance.create({
    trainingInsId: "snap-1",
    training: "snaps",
    workspace,
    platformUrl: platform.url,
    params: { lr: 1 },
  });
  writeFileSync(path.join(ins.getSnapshotBasePath(), "weights-1"), "one");
  ins.log({ loss: 1 }, { step: 40 });
  const first = await ins.uploadSnapshotModel({ epoch: 1 });
  writeFileSync(path.join(ins.getSnapshotBasePath(), "weights-2"), "two");
  const other = path.join(newWorkspace(), "labels.txt");
  writeFileSync(other, "cat\ndog\n");
  const second = await ins.uploadSnapshotModel({ epoch: 2, step: 80, otherFiles: [other] });

  expect(first.model).toBe("snap-1-snapshot-model:epoch_1");
  const model = await modelOf(second.model);
  expect(model).toMatchObject({
    name: "snap-1-snapshot-model:epoch_2",
    type: "snapshot",
    file: second.url,
    key: expect.stringMatching(/^ava\/default\/models\/snap-1-snapshot-model:epoch_2\/snapshots\/[\da-z-]+\/model\.tar\.gz$/),
    params: { lr: 1 },
    trainingRef: { instanceID: "snap-1", training: "snaps", metric: { epoch: 2, batch: 80 } },
  });
  expect(await filesIn(path.join(workspace, "storage"), model.key)).toEqual(["labels.txt", "weights-2"]);
  expect(readdirSync(ins.getSnapshotBasePath()).toSorted()).toEqual(["weights-1", "weights-2"]);

  const folder = await ins.downloadModel(first.model);
  expect(readFileSync(path.join(folder, "weights-1"), "utf8")).toBe("one");
  writeFileSync(path.join(ins.getLogBasePath(), "run.log"), "a line\n");
  expect((await ins.uploadLogs()).map(({ key }) => key)).toContain("ava/default/trainings/snaps/snap-1/logs/run.log");
  const own = await ins.uploadCustomModel("my-model", [other]);
  expect(await modelOf(own.model)).toMatchObject({ type: "custom" });
  await ins.done();
  const stored = readdirSync(path.join(workspace, "storage"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(stored.map(({ name }) => name).filter((name) => !/^(model\.tar\.gz|run\.log|ava-sdk\.log)$/.test(name))).toEqual([]);
});

test("a snapshot that cannot be registered waits, survives the process, and the next one of the instance goes on with it", async () => {
  const workspace = newWorkspace();
  const options = { trainingInsId: "snap-late", workspace };
  const first = await TrainInstance.create({ ...options, platformUrl: DEAD_URL });
  writeFileSync(path.join(first.getSnapshotBasePath(), "weights"), "late");
  const waiting = first.uploadSnapshotModel({ epoch: 3 });
  await vi.waitFor(
    () =>
      expect(readFileSync(path.join(first.getLogBasePath(), "ava-sdk.log"), "utf8")).toMatch(
        /is stored, and not registered yet: .*cannot be reached to register/,
      ),
    {
      timeout: 20_000,
    },
  );
  await first.done();
  await expect(waiting).rejects.toMatchObject({ code: "SNAPSHOT_WAITS" });
  const second = await TrainInstance.create({ ...options, platformUrl: platform.url });
  await vi.waitFor(() => modelOf("snap-late-snapshot-model:epoch_3"), { timeout: 20_000 });
  await second.done();
});

test("only the newest and the best snapshots are kept where a policy says so", async () => {
  const workspace = newWorkspace();
  const retention = { keepLast: 1, keepBest: { metric: "loss", count: 1, mode: "min" as const } };
  const ins = await TrainInstance.create({ trainingInsId: "snap-keep", workspace, platformUrl: platform.url, retention });
  for (const [epoch, loss] of [0.9, 0.1, 0.5, 0.4].entries()) {
    ins.log({ loss }, { step: epoch });
    writeFileSync(path.join(ins.getSnapshotBasePath(), `weights-${epoch}`), String(loss));
    await ins.uploadSnapshotModel({ epoch });
  }
  await ins.done();
  const models = readdirSync(path.join(workspace, "storage/ava/default/models"), { recursive: true }).map(String);
  const kept = models.filter((name) => name.endsWith(".tar.gz")).map((name) => /epoch_\d/.exec(name)?.[0]);
  expect(kept.toSorted()).toEqual(["epoch_1", "epoch_3"]);
});

test("the newest snapshot is kept also when it is of the same epoch as an older one, and a custom model is neither counted nor deleted", async () => {
  const workspace = newWorkspace();
  const options = { trainingInsId: "snap-keep-one", workspace, platformUrl: platform.url, retention: { keepLast: 1 } };
  const ins = await TrainInstance.create(options);
  for (const text of ["older", "newest"]) {
    writeFileSync(path.join(ins.getSnapshotBasePath(), "weights"), text);
    await ins.uploadSnapshotModel({ epoch: 1 });
  }
  await ins.uploadCustomModel("snap-keep-own", [ins.getSnapshotBasePath()]);
  const folder = await ins.downloadModel("snap-keep-one-snapshot-model:epoch_1");
  expect(readFileSync(path.join(folder, "weights"), "utf8")).toBe("newest");
  await ins.downloadModel("snap-keep-own");
  await ins.done();
  const archives = readdirSync(path.join(workspace, "storage"), { recursive: true }).map(String);
  expect(archives.filter((name) => name.endsWith(".tar.gz"))).toHaveLength(2);
});

/** A trainer that writes the files which the log names, and prints it. */
function trainerOf(folder: string): string[] {
  mkdirSync(path.join(folder, "snapshots"));
  const write = [500, 1000].flatMap((step) =>
    ["caffemodel", "solverstate"].map((kind) => `echo ${step} > snapshots/lenet-plain_iter_${step}.${kind}`),
  );
  return ["sh", "-c", `${write.join("; ")}; cat ${caffeLog("lenet-plain")} >&2`];
}

test("the snapshots that Caffe's lines name are stored by ava-sdk run, once a storage is named", async () => {
  const workspace = newWorkspace();
  const folder = newWorkspace();
  const env = { AVA_WORKSPACE: workspace, AVA_PLATFORM_URL: platform.url, AVA_STORAGE: `file:${workspace}/store` };
  const result = await runAva(["run", "--quiet", "--id", "snap-run", "--batch-of-epoch", "100", "--", ...trainerOf(folder)], env, folder);
  expect([result.exitCode, result.stderr.toString()]).toEqual([0, readFileSync(caffeLog("lenet-plain"), "utf8")]);
  const model = await modelOf("snap-run-snapshot-model:epoch_10");
  expect(model.trainingRef.metric).toEqual({ batch: 1000, epoch: 10 });
  expect(await filesIn(path.join(workspace, "store"), model.key)).toEqual([
    "lenet-plain_iter_1000.caffemodel",
    "lenet-plain_iter_1000.solverstate",
  ]);
  expect(await modelOf("snap-run-snapshot-model:epoch_5")).toMatchObject({ type: "snapshot" });
});

test("a snapshot whose files never come is given up with the run, and does not hold its end back", async () => {
  const workspace = newWorkspace();
  const env = { AVA_WORKSPACE: workspace, AVA_PLATFORM_URL: platform.url, AVA_STORAGE: `file:${workspace}/store` };
  const result = await runAva(["run", "--id", "snap-none", "--", "cat", caffeLog("lenet-plain")], env);
  expect(result.exitCode).toBe(0);
  expect(readFileSync(path.join(workspace, "run/snap-none/logs/ava-sdk.log"), "utf8")).toMatch(
    /is given up: .*missing at the end of the run/,
  );
});

test("files that match --snapshot are stored when they are written", async () => {
  const workspace = newWorkspace();
  const folder = newWorkspace();
  writeFileSync(path.join(folder, "ckpt_1.pt"), "of an earlier run");
  const env = { AVA_WORKSPACE: workspace, AVA_PLATFORM_URL: platform.url };
  const flags = ["--id", "snap-glob", "--snapshot", "ckpt_*.pt"];
  await runAva(["run", ...flags, "--", "sh", "-c", "echo weights > ckpt_20.pt; echo other > notes.txt"], env, folder);
  const model = await modelOf("snap-glob-snapshot-model:iter_20");
  expect(await filesIn(path.join(workspace, "storage"), model.key)).toEqual(["ckpt_20.pt"]);
  expect(readdirSync(path.join(workspace, "storage/ava/default/models"))).toHaveLength(1);
});

test("ava-sdk sync goes on with the snapshots that a dead run left", async () => {
  const workspace = newWorkspace();
  const folder = newWorkspace();
  const env = { AVA_WORKSPACE: workspace, AVA_STORAGE: `file:${workspace}/store` };
  await runAva(["run", "--id", "snap-sync", "--", ...trainerOf(folder)], { ...env, AVA_PLATFORM_URL: DEAD_URL }, folder);
  const synced = await runAva(["sync", "--json"], { ...env, AVA_PLATFORM_URL: platform.url });
  expect(JSON.parse(synced.stdout.toString())).toMatchObject({ instance: "snap-sync", isComplete: true, snapshots: 2 });
  expect(await modelOf("snap-sync-snapshot-model:iter_500")).toMatchObject({ type: "snapshot" });
  expect((await runAva(["sync"], { ...env, AVA_PLATFORM_URL: platform.url })).stdout.toString()).toContain("nothing to send");
});

test("snapshots go to Kodo, and come back from there", async () => {
  const workspace = newWorkspace();
  const keys = { accessKey: "test-access-key", secretKey: "test-secret-key" };
  const emulator = await startEmulator({ data: path.join(newWorkspace(), "kodo"), ...keys, buckets: ["train"] });
  onTestFinished(() => emulator.close());
  vi.stubEnv("AVA_ACCESS_KEY", keys.accessKey);
  vi.stubEnv("AVA_SECRET_KEY", keys.secretKey);
  onTestFinished(() => void vi.unstubAllEnvs());
  const storage = `kodo:train?endpoint=http://${emulator.host}`;
  const ins = await TrainInstance.create({ trainingInsId: "snap-kodo", workspace, platformUrl: platform.url, storage });
  const weights = Buffer.alloc(6_000_000, "weights ");
  writeFileSync(path.join(ins.getSnapshotBasePath(), "weights"), weights);
  const { model, url } = await ins.uploadSnapshotModel({ epoch: 1 });
  expect(url).toMatch(
    /^qiniu:\/\/z0\/train\/ava\/default\/models\/snap-kodo-snapshot-model:epoch_1\/snapshots\/[\da-z-]+\/model\.tar\.gz$/,
  );
  expect(readFileSync(path.join(await ins.downloadModel(model), "weights")).equals(weights)).toBe(true);
  await ins.done();
  expect(readFileSync(path.join(workspace, "run/snap-kodo/logs/ava-sdk.log"), "utf8")).not.toContain(keys.secretKey);
});

test("a packed snapshot whose storage is away is uploaded by a later sync, also when its files are gone by then", async () => {
  const workspace = newWorkspace();
  const folder = newWorkspace();
  const port = await freePort();
  const env = {
    AVA_WORKSPACE: workspace,
    AVA_PLATFORM_URL: platform.url,
    AVA_STORAGE: `kodo:train?endpoint=http://127.0.0.1:${port}`,
    AVA_ACCESS_KEY: "test-access-key",
    AVA_SECRET_KEY: "test-secret-key",
  };
  const flags = ["--id", "snap-away", "--snapshot", "ckpt_*.pt"];
  const run = startAva(["run", ...flags, "--", "sh", "-c", "echo weights > ckpt_7.pt"], env, folder);
  const scratch = path.join(workspace, "run/snap-away/tmp");
  await waitFor(() => existsSync(scratch) && readdirSync(scratch).some((name) => name.endsWith(".tar.gz")), "the archive");
  // Only the upload is left, and it tries again and again: a signal now ends that, with the command's own exit code.
  run.child.kill("SIGTERM");
  expect((await run.result).exitCode).toBe(0);
  rmSync(path.join(folder, "ckpt_7.pt"));
  const keys = { accessKey: env.AVA_ACCESS_KEY, secretKey: env.AVA_SECRET_KEY };
  const emulator = await startEmulator({ data: path.join(newWorkspace(), "kodo"), ...keys, buckets: ["train"], port });
  onTestFinished(() => emulator.close());
  const synced = await runAva(["sync", "--json"], env);
  expect(JSON.parse(synced.stdout.toString())).toMatchObject({ instance: "snap-away", isComplete: true, snapshots: 1 });
  expect((await modelOf("snap-away-snapshot-model:iter_7")).file).toMatch(/^qiniu:/);
  expect(readdirSync(scratch)).toEqual([]);
});

test.each([
  ["a folder that cannot be made", () => "file:/proc/nostore", /ENOENT/],
  ["a bucket that the keys do not open", (endpoint: string) => `kodo:train?endpoint=${endpoint}`, /Kodo answered 612/],
])("the end of a run is not held by a storage that never takes anything: %s", async (_, specOf, reason) => {
  const emulator = await startEmulator({
    data: path.join(newWorkspace(), "kodo"),
    accessKey: "right",
    secretKey: "right",
    buckets: ["train"],
  });
  onTestFinished(() => emulator.close());
  const workspace = newWorkspace();
  const folder = newWorkspace();
  const env = {
    AVA_WORKSPACE: workspace,
    AVA_PLATFORM_URL: platform.url,
    AVA_STORAGE: specOf(`http://${emulator.host}`),
    AVA_ACCESS_KEY: "wrong",
    AVA_SECRET_KEY: "wrong",
  };
  const ended = await runAva(["run", "--snapshot", "ckpt_*.pt", "--", "sh", "-c", "echo weights > ckpt_7.pt; exit 3"], env, folder);
  expect(ended.exitCode).toBe(3);
  const said = ended.stderr.toString();
  expect(said).toMatch(/1 snapshots are not stored \(.*Go on with: ava-sdk sync /);
  expect(said).toMatch(reason);
  const [id = ""] = readdirSync(path.join(workspace, "run"));
  expect(readdirSync(path.join(workspace, "run", id, "snapshots")).filter((name) => name.endsWith(".job.json"))).toHaveLength(1);
});

test("a program that waits for its snapshot alone lives until it is registered, and then ends", () => {
  const env = { PATH: process.env["PATH"], AVA_WORKSPACE: newWorkspace(), AVA_PLATFORM_URL: platform.url };
  const program = repositoryPath("tests/programs/snapshot-alone.mjs");
  const { stdout, status } = spawnSync(process.execPath, [program], { env, encoding: "utf8", timeout: 60_000 });
  expect([stdout, status]).toEqual(["snap-alone-snapshot-model:epoch_1\n", 0]);
});
