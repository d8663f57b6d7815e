import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { startEmulator } from "ava-kodo-emulator";
import type { InstanceModel } from "ava-protocol";
import { TrainInstance } from "ava-sdk";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { newWorkspace, runAva, startAva, waitFor } from "../processes/ava.js";
import { freePort, PlatformProcess } from "../processes/platform.js";

const DEAD_URL = "http://127.0.0.1:9";

let platform: PlatformProcess;

beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
});

afterAll(() => platform.stop());

async function modelsOf(instance: string): Promise<InstanceModel[]> {
  return (await platform.get<{ models?: InstanceModel[] }>(`/v1/instances/${instance}`)).models ?? [];
}

/** The files in the archive of a version, as the platform gives it out. */
async function filesOf({ name, version }: InstanceModel): Promise<string[]> {
  const answer = await fetch(`${platform.url}/v1/models/${encodeURIComponent(name)}/file?version=${version}`);
  expect(answer.status).toBe(200);
  const { stdout } = spawnSync("tar", ["tzf", "-"], { input: Buffer.from(await answer.arrayBuffer()), encoding: "utf8" });
  return stdout.trim().split("\n").toSorted();
}

/** Shell functions of a trainer that prints and writes as Caffe does. */
const CAFFE = `
p() { echo "I20261128 21:39:19.098261  1949 solver.cpp:464] $1" >&2; }
snap() {
  echo "weights $1" > d_iter_$1.caffemodel; p "Snapshotting to binary proto file d_iter_$1.caffemodel"
  echo "state $1" > d_iter_$1.solverstate; p "Snapshotting solver state to binary proto file d_iter_$1.solverstate"
}
p "Iteration 0, loss = 1.5"
`;
const UNTIL_GO = "while [ ! -e go ]; do sleep 0.1; done";

function namesOf(...steps: number[]): string[][] {
  return steps.map((step) => [`d_iter_${step}.caffemodel`, `d_iter_${step}.solverstate`]);
}

test("two snapshots of one epoch are two versions, each with its own archive; a pattern takes no file that the lines named", async () => {
  const [workspace, folder] = [newWorkspace(), newWorkspace()];
  const env = { AVA_WORKSPACE: workspace, AVA_PLATFORM_URL: platform.url, AVA_STORAGE: `file:${workspace}/store` };
  const flags = ["--id", "kept-epoch", "--batch-of-epoch", "938", "--snapshot", "*.caffemodel"];
  await runAva(["run", ...flags, "--", "sh", "-c", `${CAFFE} snap 500; sleep 0.1; snap 900`], env, folder);
  const models = await modelsOf("kept-epoch");
  expect(models.map(({ name, version, metric }) => [name, version, metric?.batch])).toEqual([
    ["kept-epoch-snapshot-model:epoch_1", "1", 500],
    ["kept-epoch-snapshot-model:epoch_1", "2", 900],
  ]);
  expect(await Promise.all(models.map(filesOf))).toEqual(namesOf(500, 900));
});

test("the model and the state of one iteration that match a pattern are one model", async () => {
  const [workspace, folder] = [newWorkspace(), newWorkspace()];
  const env = { AVA_WORKSPACE: workspace, AVA_PLATFORM_URL: platform.url };
  await runAva(["run", "--id", "kept-pattern", "--snapshot", "*", "--", "sh", "-c", `${CAFFE} snap 500`], env, folder);
  const models = await modelsOf("kept-pattern");
  expect(await Promise.all(models.map(filesOf))).toEqual(namesOf(500));
});

test("a snapshot whose files are deleted holds up no later one, and is given up with its reason", async () => {
  const [workspace, folder] = [newWorkspace(), newWorkspace()];
  const env = { AVA_WORKSPACE: workspace, AVA_PLATFORM_URL: platform.url, AVA_STORAGE: `file:${workspace}/store` };
  const script = `${CAFFE} snap 500; rm d_iter_500.*; snap 1000; snap 1500; ${UNTIL_GO}`;
  const run = startAva(["run", "--id", "kept-later", "--", "sh", "-c", script], env, folder);
  await waitFor(async () => (await modelsOf("kept-later").catch(() => [])).length === 2, "the later two while the run goes on");
  writeFileSync(path.join(folder, "go"), "");
  const { stderr } = await run.result;
  expect(stderr.toString()).toMatch(
    /kept-later-snapshot-model:iter_500 is given up: .*d_iter_500.caffemodel is missing at the end of the run/,
  );
  const log = readFileSync(path.join(workspace, "run/kept-later/logs/ava-sdk.log"), "utf8");
  const { events } = await platform.get<{ events: { event: string; message?: string }[] }>("/v1/instances/kept-later");
  expect(events.filter(({ message }) => message?.includes("iter_500 is given up: "))).toHaveLength(1);
  expect(stderr.toString()).not.toContain("not recorded");
  expect(log).toContain("1 snapshots were given up");
  expect(log).not.toContain("not stored");
});

test("without a platform a snapshot is stored all the same, and a later sync registers it from the storage", async () => {
  const [workspace, folder] = [newWorkspace(), newWorkspace()];
  const env = { AVA_WORKSPACE: workspace, AVA_STORAGE: `file:${workspace}/store` };
  const script = `${CAFFE} snap 500; sleep 0.1; snap 1000; rm -f gone`;
  await runAva(["run", "--id", "kept-away", "--", "sh", "-c", script], { ...env, AVA_PLATFORM_URL: DEAD_URL }, folder);
  const stored = readdirSync(path.join(workspace, "store"), { recursive: true }).map(String);
  expect(stored.filter((name) => name.endsWith("model.tar.gz"))).toHaveLength(2);
  expect(readFileSync(path.join(workspace, "run/kept-away/logs/ava-sdk.log"), "utf8")).toContain(
    "2 snapshots are stored, and not registered yet",
  );
  for (const name of namesOf(500, 1000).flat()) spawnSync("rm", [path.join(folder, name)]);
  const synced = await runAva(["sync", "--json"], { ...env, AVA_PLATFORM_URL: platform.url });
  expect(JSON.parse(synced.stdout.toString())).toMatchObject({ isComplete: true, snapshots: 2 });
  expect(await Promise.all((await modelsOf("kept-away")).map(filesOf))).toEqual(namesOf(500, 1000));
});

test("while the storage is away, snapshots are packed before a trainer that keeps only its newest deletes them, and stored when it is back", async () => {
  const [workspace, folder, port] = [newWorkspace(), newWorkspace(), await freePort()];
  const keys = { AVA_ACCESS_KEY: "test-access-key", AVA_SECRET_KEY: "test-secret-key" };
  const storage = `kodo:train?endpoint=http://127.0.0.1:${port}`;
  const env = { AVA_WORKSPACE: workspace, AVA_PLATFORM_URL: platform.url, AVA_STORAGE: storage, ...keys };
  const script = `${CAFFE} for n in 1 2; do snap $n; while [ ! -e go$n ]; do sleep 0.1; done; rm d_iter_$n.*; done`;
  const run = startAva(["run", "--id", "kept-packed", "--", "sh", "-c", script], env, folder);
  const scratch = path.join(workspace, "run/kept-packed/tmp");
  const packed = () => (existsSync(scratch) ? readdirSync(scratch).filter((name) => name.endsWith(".tar.gz")).length : 0);
  for (const step of [1, 2]) {
    await waitFor(() => packed() === step, `archive ${step}`);
    writeFileSync(path.join(folder, `go${step}`), "");
  }
  // The uploads are tried again and again: a signal ends that once the command has ended.
  await waitFor(() => !existsSync(path.join(folder, "d_iter_2.solverstate")), "the end of the trainer");
  const ending = setInterval(() => run.child.kill("SIGTERM"), 200);
  await run.result;
  clearInterval(ending);
  const account = { accessKey: keys.AVA_ACCESS_KEY, secretKey: keys.AVA_SECRET_KEY };
  const emulator = await startEmulator({ data: path.join(newWorkspace(), "kodo"), ...account, buckets: ["train"], port });
  onTestFinished(() => emulator.close());
  const synced = await runAva(["sync", "--json"], env);
  expect(JSON.parse(synced.stdout.toString())).toMatchObject({ isComplete: true, snapshots: 2 });
  expect((await modelsOf("kept-packed")).map(({ metric, file }) => [metric?.batch, file?.slice(0, 6)])).toEqual([
    [1, "qiniu:"],
    [2, "qiniu:"],
  ]);
});

test("a pipe among the files of a snapshot blocks nothing: it is left out, and told", async () => {
  const [workspace, folder] = [newWorkspace(), newWorkspace()];
  const pipe = path.join(folder, "pipe");
  const weights = path.join(folder, "weights");
  spawnSync("mkfifo", [pipe]);
  writeFileSync(weights, "weights");
  const ins = await TrainInstance.create({ trainingInsId: "kept-pipe", workspace, platformUrl: platform.url });
  await ins.uploadSnapshotModel({ epoch: 1, files: [weights], otherFiles: [pipe] });
  await expect(ins.uploadCustomModel("kept-pipe-only", [pipe])).rejects.toMatchObject({ code: "SNAPSHOT_GIVEN_UP" });
  spawnSync("mkfifo", [path.join(ins.getSnapshotBasePath(), "pipe")]);
  writeFileSync(path.join(ins.getSnapshotBasePath(), "more"), "more");
  await ins.uploadCustomModel("kept-pipe-inside", [ins.getSnapshotBasePath()]);
  await ins.done();
  const models = await modelsOf("kept-pipe");
  expect(await Promise.all(models.map(filesOf))).toEqual([["weights"], ["output/", "output/more"]]);
  expect(readFileSync(path.join(workspace, "run/kept-pipe/logs/ava-sdk.log"), "utf8")).toContain(`${pipe} is not a regular file`);
});

test("a checkpoint that is named by its epoch is registered with the step that the run was at", async () => {
  const [workspace, folder] = [newWorkspace(), newWorkspace()];
  const env = { AVA_WORKSPACE: workspace, AVA_PLATFORM_URL: platform.url };
  const script = `echo "step 990 loss=1.5"; sleep 0.5; echo "step 1000 loss=1.4"; sleep 0.5; echo weights > checkpoint_epoch2.pt
    sleep 0.5; echo "step 1010 loss=1.3"; ${UNTIL_GO}`;
  const flags = ["--metric", String.raw`step (?<step>\d+) loss=(?<loss>[\d.]+)`, "--snapshot", "*.pt"];
  const run = startAva(["run", "--id", "kept-step", ...flags, "--", "sh", "-c", script], env, folder);
  await waitFor(async () => (await modelsOf("kept-step").catch(() => [])).length === 1, "the model");
  writeFileSync(path.join(folder, "go"), "");
  await run.result;
  const [model] = await modelsOf("kept-step");
  const { trainingRef } = await platform.get<{ trainingRef: { metric: unknown } }>(`/v1/models/${encodeURIComponent(model?.name ?? "")}`);
  expect(trainingRef.metric).toEqual({ batch: 1000, epoch: 2, nameEpoch: 2 });
  expect(existsSync(path.join(folder, "checkpoint_epoch2.pt"))).toBe(true);
});
