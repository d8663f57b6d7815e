import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { TrainInstance } from "ava-sdk";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { newWorkspace, runAva, waitFor } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";

const DEAD_URL = "http://127.0.0.1:9";

let platform: PlatformProcess;

beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
});

afterAll(() => platform.stop());

interface Detail {
  state: string;
  end?: { exitCode?: number; message?: string };
  series: { name: string; count: number; last: number; firstTimeNs: string }[];
}

function start(program: string, args: string[], env: Record<string, string>) {
  const child = spawn(process.execPath, [repositoryPath(`tests/programs/${program}.mjs`), ...args], {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return { child, stdout: () => stdout, stderr: () => stderr, ended: once(child, "close") };
}

function detail(id: string): Promise<Detail> {
  return platform.get<Detail>(`/v1/instances/${id}`);
}

describe("create", () => {
  test("makes the seed's folders, an id of its own, and waits for no network", async () => {
    const workspace = newWorkspace();
    const ins = await TrainInstance.create({ workspace, platformUrl: DEAD_URL });
    const id = ins.getTrainingInsId();
    expect(id).toMatch(/^\d{8}-\d{6}-[a-z0-9]{6}$/);
    expect(ins.getBasePath()).toBe(path.join(workspace, "run", id));
    expect(ins.getSnapshotBasePath()).toBe(path.join(workspace, "run", id, "output"));
    expect(ins.getLogBasePath()).toBe(path.join(workspace, "run", id, "logs"));
    expect(ins.getModelBasePath()).toBe(path.join(workspace, "model"));
    expect(ins.getTrainsetBasePath()).toBe(path.join(workspace, "data/train"));
    expect(ins.getValsetBasePath()).toBe(path.join(workspace, "data/val"));
    expect(ins.getTestsetBasePath()).toBe(path.join(workspace, "data/test"));
    const folders = [
      ins.getSnapshotBasePath(),
      ins.getLogBasePath(),
      ins.getModelBasePath(),
      ins.getTrainsetBasePath(),
      ins.getValsetBasePath(),
    ];
    expect(folders.filter((folder) => !existsSync(folder))).toEqual([]);
    await ins.done();
  });

  test.each([
    ["trainingInsId", { trainingInsId: "../etc" }, "INSTANCE_ID_INVALID"],
    ["training", { training: "a/b" }, "TRAINING_INVALID"],
    ["training", { training: "a\tb" }, "TRAINING_INVALID"],
    ["platformUrl", { platformUrl: "ftp://x" }, "SETTING_INVALID"],
  ])("a wrong %s is said at once", async (_, options, code) => {
    await expect(TrainInstance.create({ workspace: newWorkspace(), ...options })).rejects.toMatchObject({ code });
  });
});

test("values, steps, epochs and times arrive as they were logged", async () => {
  const { ended } = start("log-once", ["exact", "done", "7"], { AVA_WORKSPACE: newWorkspace(), AVA_PLATFORM_URL: platform.url });
  await ended;
  const points = await platform.pointsOf("exact");
  expect(points).toMatchObject([{ name: "loss", step: 7, epoch: 0.5, value: 7 }]);
  expect((await detail("exact")).series[0]?.firstTimeNs).toBe("1767323045678000000");
});

test("a program whose working folder was removed goes on, and is recorded", async () => {
  const env = { AVA_WORKSPACE: newWorkspace(), AVA_PLATFORM_URL: platform.url };
  const { ended } = start("folder-removed", [path.join(newWorkspace(), "removed")], env);
  expect(await ended).toEqual([0, null]);
  // No thread that sends starts without a working folder.
  await runAva(["sync"], env);
  expect((await platform.pointsOf("removed")).map(({ value }) => value)).toEqual([0.5]);
});

describe("the end is recorded", () => {
  test.each([
    ["done", 0, { state: "done" }],
    ["using", 0, { state: "done" }],
    ["failed", 0, { state: "failed", end: { message: "out of memory" } }],
    ["exit-3", 3, { state: "failed", end: { exitCode: 3 } }],
    ["nothing", 0, { state: "done", end: { exitCode: 0 } }],
    ["throw", 1, { state: "failed", end: { exitCode: 1, message: expect.stringContaining("shape mismatch") } }],
  ])("%s", async (how, exitCode, expected) => {
    const env = { AVA_WORKSPACE: newWorkspace(), AVA_PLATFORM_URL: platform.url };
    const { child, ended } = start("log-once", [`end-${how}`, how], env);
    await ended;
    expect(child.exitCode).toBe(exitCode);
    await runAva(["sync"], env);
    expect(await detail(`end-${how}`)).toMatchObject(expected);
  });
});

test("a loop that blocks the event loop is seen live", async () => {
  const { child, ended } = start("busy-loop", ["60000"], { AVA_WORKSPACE: newWorkspace(), AVA_PLATFORM_URL: platform.url });
  const count = async () => (await detail("busy").catch(() => undefined))?.series[0]?.count ?? 0;
  await waitFor(async () => (await count()) > 10, "the first points");
  const before = await count();
  await waitFor(async () => (await count()) > before + 10, "more points");
  expect(child.exitCode).toBeNull();
  child.kill("SIGKILL");
  await ended;
});

test("SIGKILL loses nothing that was logged", async () => {
  const env = { AVA_WORKSPACE: newWorkspace(), AVA_PLATFORM_URL: platform.url };
  const file = path.join(newWorkspace(), "logged");
  const run = start("count-up", ["killed", file], env);
  const text = () => (existsSync(file) ? readFileSync(file, "utf8") : "");
  await waitFor(() => text().length > 20_000, "some thousand logs");
  run.child.kill("SIGKILL");
  await run.ended;
  const logged = text().split("\n").length - 1;
  await runAva(["sync"], env);
  const losses = (await platform.pointsOf("killed")).filter(({ name }) => name === "loss").map(({ value }) => value);
  expect(losses.length).toBeGreaterThanOrEqual(logged);
  expect(losses).toEqual(Array.from({ length: losses.length }, (_, step) => step));
});

test("without a platform the run goes on, says nothing on its streams, and is shipped by the next one of the same id", async () => {
  const workspace = newWorkspace();
  const first = start("log-once", ["joined", "done", "1"], { AVA_WORKSPACE: workspace, AVA_PLATFORM_URL: DEAD_URL });
  await first.ended;
  expect([first.child.exitCode, first.stdout(), first.stderr()]).toEqual([0, "", ""]);
  expect(readFileSync(path.join(workspace, "run/joined/logs/ava-sdk.log"), "utf8")).toMatch(/ava-sdk sync/);
  const second = start("log-once", ["joined", "done", "0"], { AVA_WORKSPACE: workspace, AVA_PLATFORM_URL: platform.url });
  await second.ended;
  const steps = (await platform.pointsOf("joined")).map(({ step }) => step).toSorted((a, b) => a - b);
  expect(steps).toEqual([0, 1]);
});

describe("mistakes of the caller never throw inside the loop", () => {
  test.each([
    ["基线 A/B", "基线 A/B"],
    ["n".repeat(129), undefined],
    ["a\nb", undefined],
    [5 as unknown as string, "5"],
  ])("the display name %j is recorded as %j", async (name, expected) => {
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    const ins = await TrainInstance.create({ name, workspace: newWorkspace(), platformUrl: platform.url });
    await ins.done();
    expect(await detail(ins.getTrainingInsId())).toHaveProperty("state", "done");
    expect((await platform.get<{ name?: string }>(`/v1/instances/${ins.getTrainingInsId()}`)).name).toBe(expected);
    const words = warned.mock.calls.map(([message]) => String(message)).join("\n");
    expect(words).toMatch(expected === undefined ? /the fact "name" must be a display name/ : /^(?!.*display name)/s);
    vi.restoreAllMocks();
  });

  test("a value that is not a number is left out with a warning", async () => {
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    const ins = await TrainInstance.create({ trainingInsId: "odd", workspace: newWorkspace(), platformUrl: platform.url });
    const odd = { good: Number.NaN, text: "0.5", nothing: undefined, yes: true } as unknown as Record<string, number>;
    ins.log(odd, { step: 1 });
    ins.log(undefined as unknown as Record<string, number>);
    await ins.done();
    expect(warned).toHaveBeenCalledWith(expect.stringMatching(/text \(string\), nothing \(undefined\)/), expect.anything());
    expect((await detail("odd")).series).toMatchObject([
      { name: "good", last: "NaN" },
      { name: "yes", last: 1 },
    ]);
    vi.restoreAllMocks();
  });

  test("an unsupported framework gives undefined and a warning", async () => {
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    const ins = await TrainInstance.create({ workspace: newWorkspace(), platformUrl: DEAD_URL });
    expect(ins.getMonitorCallback("chainer")).toBeUndefined();
    expect(warned).toHaveBeenCalledWith(expect.stringMatching(/'chainer'.*supported/), expect.anything());
    await ins.done();
    ins.log({ late: 1 });
    vi.restoreAllMocks();
  });
});
