// Event files of TensorBoard that a command writes are read as they grow, without a word to it.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newWorkspace, runAva, startAva, waitFor } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { tapsOf } from "../processes/taps.js";

const WRITER = repositoryPath("tests/programs/write-events.mjs");
let platform: PlatformProcess;

beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
});
afterAll(() => platform.stop());

const steps = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

/** Starts `ava-sdk run` in a folder of its own. */
function start(id: string, options: readonly string[], command: readonly string[]) {
  const folder = mkdtempSync(path.join(tmpdir(), "ava-events-"));
  const env = { AVA_PLATFORM_URL: platform.url, AVA_WORKSPACE: newWorkspace(), HOME: folder };
  return { folder, ...startAva(["run", "--quiet", "--id", id, ...options, "--", ...command], env, folder) };
}

async function stepsOf(id: string): Promise<number[]> {
  return (await platform.pointsOf(id)).filter(({ name }) => name === "m").map(({ step }) => step);
}

test("a file that the command has open is read while it grows, whatever becomes of the tap", async () => {
  const file = path.join(mkdtempSync(path.join(tmpdir(), "ava-elsewhere-")), "run/events.out.tfevents.1.host");
  const { child, result } = start("open", [], [process.execPath, WRITER, file, "0", "300", "10"]);
  await waitFor(async () => (await stepsOf("open").catch(() => [])).length > 0, "first points, long before the end");
  for (const pid of tapsOf(child.pid as number)) process.kill(pid, "SIGKILL");
  expect((await result).exitCode).toBe(0);
  expect(await stepsOf("open")).toEqual(steps(0, 300));
});

test("a file that was open for a moment only is found when the command has ended", async () => {
  const { result } = start("moment", [], [process.execPath, WRITER, "deep/er/events.out.tfevents.1.host", "0", "3"]);
  expect((await result).exitCode).toBe(0);
  expect(await stepsOf("moment")).toEqual([0, 1, 2]);
});

test("of two runs of a command the second is an instance of its own, and parts of one are told apart", async () => {
  const write = (file: string, from: number) => `${process.execPath} ${WRITER} ${file}/events.out.tfevents.1.host ${from} ${from + 2}`;
  const script = [write("a/train", 0), write("a/validation", 5), write("b", 10)].join(" && ");
  const { result } = start("two", ["--training", "two", "--tensorboard", "."], ["sh", "-c", script]);
  expect((await result).exitCode).toBe(0);
  const points = (await platform.pointsOf("two")).filter(({ name }) => name === "m");
  expect(points.map(({ labels, step }) => [labels["run"], step])).toEqual([
    ["train", 0],
    ["train", 1],
    ["validation", 5],
    ["validation", 6],
  ]);
  const { instances } = await platform.get<{ instances: { id: string; name?: string; state: string }[] }>("/v1/trainings/two/instances");
  const other = instances.find(({ id }) => id !== "two");
  expect(other).toMatchObject({ name: "b", state: "done" });
  expect(await stepsOf(other!.id)).toEqual([10, 11]);
});

test("files that were there before, and those of a run with --dialects none, are left alone", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "ava-before-"));
  const file = path.join(folder, "events.out.tfevents.1.host");
  await runAva(["run", "--quiet", "--dialects", "none", "--id", "none", "--", process.execPath, WRITER, file, "0", "5"], {
    AVA_PLATFORM_URL: platform.url,
    AVA_WORKSPACE: newWorkspace(),
  });
  const script = `sleep 1.5; ${process.execPath} ${WRITER} ${folder}/new/events.out.tfevents.2.host 7 8`;
  const { result } = start("before", ["--dialects", "none", "--tensorboard", folder], ["sh", "-c", script]);
  expect((await result).exitCode).toBe(0);
  expect([await stepsOf("none"), await stepsOf("before")]).toEqual([[], [7]]);
});

test("beside a client of another tracker the points of event files are told apart, and params of both are kept", async () => {
  const program = repositoryPath("tests/programs/log-both.mjs");
  const { result } = start("both", ["--set", "mine=1"], [process.execPath, program, "runs/a"]);
  expect((await result).exitCode).toBe(0);
  const points = (await platform.pointsOf("both")).filter(({ name }) => name === "m");
  expect(points.map(({ labels, step }) => [labels["source"], step])).toEqual([
    [undefined, 1],
    ["tensorboard", 2],
  ]);
  const { params } = await platform.get<{ params: Record<string, unknown> }>("/v1/instances/both");
  expect(params).toMatchObject({ mine: 1, lr: 0.1, opt: "sgd", seed: 7, mlflow: { experiment: "Default" } });
});
