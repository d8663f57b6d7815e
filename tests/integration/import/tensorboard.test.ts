// Event files are brought to a platform: exactly, once, and again when they have grown.
import { appendFileSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { encodeHparams, encodeScalar, encodeVersion } from "ava-dialects";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newWorkspace, runAva } from "../../processes/ava.js";
import { freePort, PlatformProcess } from "../../processes/platform.js";

interface Imported {
  id: string;
  name: string;
  points: number;
  newRecords: number;
  isComplete: boolean;
  passedOver: Record<string, number>;
}

let platform: PlatformProcess;

beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
});
afterAll(() => platform.stop());

const START_S = 1_700_000_000;

/** An event file of scalars, value = step / 8, from one step to another. */
function scalars(tag: string, from: number, to: number): Uint8Array {
  const steps = Array.from({ length: to - from }, (_, index) => from + index);
  return Buffer.concat(steps.map((step) => encodeScalar({ tag, step, wallTime: START_S + step, value: step / 8 })));
}

function newLogFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "ava-logdir-"));
  const file = (name: string, ...parts: Uint8Array[]) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), Buffer.concat([encodeVersion(START_S), ...parts]));
  };
  file("one/events.out.tfevents.1.host", encodeHparams({ lr: 0.1, opt: "sgd" }, START_S), scalars("loss", 0, 100));
  file("keras/train/events.out.tfevents.1.host", scalars("epoch_loss", 0, 3));
  file("keras/validation/events.out.tfevents.1.host", scalars("epoch_loss", 0, 2));
  return folder;
}

async function importFolder(folder: string, workspace: string, url = platform.url): Promise<Imported[]> {
  const env = { AVA_PLATFORM_URL: url, AVA_WORKSPACE: workspace };
  const { stdout } = await runAva(["import", "tensorboard", folder, "--training", "old", "--json"], env);
  const lines = stdout.toString().split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Imported);
}

test("runs, parts of a run and hyper-parameters are brought, and once more is nothing new", async () => {
  const folder = newLogFolder();
  const first = await importFolder(folder, newWorkspace());
  expect(first.map(({ name, points, isComplete }) => [name, points, isComplete]).sort()).toEqual([
    ["keras", 5, true],
    ["one", 100, true],
  ]);
  const one = first.find(({ name }) => name === "one")!;
  const instance = await platform.get(`/v1/instances/${one.id}`);
  expect(instance).toMatchObject({
    training: "old",
    state: "done",
    params: { lr: 0.1, opt: "sgd" },
    startTime: "2023-11-14T22:13:20.000Z",
    stopTime: "2023-11-14T22:14:59.000Z",
  });
  const points = await platform.pointsOf(one.id);
  expect(points.map(({ step, value }) => [step, value])).toEqual(Array.from({ length: 100 }, (_, step) => [step, step / 8]));
  const keras = await platform.pointsOf(first.find(({ name }) => name === "keras")!.id);
  expect(keras.map(({ labels, step }) => [labels["run"], step])).toEqual([
    ["train", 0],
    ["train", 1],
    ["train", 2],
    ["validation", 0],
    ["validation", 1],
  ]);
  // Also from another machine.
  expect((await importFolder(folder, newWorkspace())).map(({ newRecords }) => newRecords)).toEqual([0, 0]);
});

test("what has grown since is added, and a record that is not whole waits for its end", async () => {
  const [folder, workspace] = [newLogFolder(), newWorkspace()];
  const file = path.join(folder, "one/events.out.tfevents.1.host");
  const more = scalars("loss", 100, 150);
  appendFileSync(file, more.subarray(0, -5));
  const first = (await importFolder(folder, workspace)).find(({ name }) => name === "one")!;
  appendFileSync(file, more.subarray(-5));
  appendFileSync(file, scalars("other", 0, 5));
  const second = (await importFolder(folder, workspace)).find(({ name }) => name === "one")!;
  expect([first.points, second.points, second.id]).toEqual([149, 155, first.id]);
  const points = await platform.pointsOf(first.id);
  expect(points.map(({ name, step }) => [name, step])).toEqual([
    ...Array.from({ length: 150 }, (_, step) => ["loss", step]),
    ...Array.from({ length: 5 }, (_, step) => ["other", step]),
  ]);
});

test("with the platform away all is kept, and a sync or the next import sends it", async () => {
  const [folder, workspace, later] = [newLogFolder(), newWorkspace(), new PlatformProcess(await freePort())];
  const before = await importFolder(folder, workspace, later.url);
  expect(before.map(({ isComplete }) => isComplete)).toEqual([false, false]);
  await later.start();
  const synced = await runAva(["sync"], { AVA_PLATFORM_URL: later.url, AVA_WORKSPACE: workspace });
  expect(synced.exitCode).toBe(0);
  const after = await importFolder(folder, workspace, later.url);
  expect(after.map(({ newRecords, isComplete }) => [newRecords, isComplete])).toEqual([
    [0, true],
    [0, true],
  ]);
  expect((await later.pointsOf(before.find(({ name }) => name === "one")!.id)).length).toBe(100);
  await later.stop();
});

test("one event file is a run of its name", async () => {
  const [one] = await importFolder(path.join(newLogFolder(), "keras/train/events.out.tfevents.1.host"), newWorkspace());
  expect(one).toMatchObject({ name: "events.out.tfevents.1.host", points: 3 });
});

test("a path without event files, and a name that cannot be a training, are errors of the command line", async () => {
  const env = { AVA_PLATFORM_URL: platform.url, AVA_WORKSPACE: newWorkspace() };
  const empty = await runAva(["import", "tensorboard", mkdtempSync(path.join(tmpdir(), "ava-logdir-"))], env);
  const absent = await runAva(["import", "tensorboard", "/absent"], env);
  const named = await runAva(["import", "tensorboard", newLogFolder(), "--training", "a/b"], env);
  expect([empty, absent, named].map(({ exitCode }) => exitCode)).toEqual([2, 2, 2]);
  expect(absent.stderr.toString()).toContain("/absent: there is no such file or folder");
});
