import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { newWorkspace, runAva, waitFor } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { agentsOf, pythonEnvironment, startPython } from "../processes/python.js";

const PROGRAM = repositoryPath("tests/python/faults/runs.py");
/** A port on which no process listens. */
let closedUrl: string;
let platform: PlatformProcess;

beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
  closedUrl = `http://127.0.0.1:${await freePort()}`;
});

afterAll(() => platform.stop());

function start(kind: string, number: number, env: Record<string, string> = {}, workspace = newWorkspace()) {
  const environment = pythonEnvironment(workspace, { AVA_PLATFORM_URL: platform.url, ...env });
  return { workspace, environment, ...startPython([PROGRAM, kind, String(number)], environment) };
}

async function valuesOf(id: string, name = "loss"): Promise<number[]> {
  const points = await platform.pointsOf(id);
  return points.filter((point) => point.name === name).map(({ value }) => Number(value));
}

const idOf = (stdout: string) => stdout.split("\n")[0] as string;
/** Whether values count up from 0 without a gap; their number where they do. */
const counted = (values: readonly number[]) => (values.every((value, index) => value === index) ? values.length : values);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
const stateOf = async (id: string) => platform.get<{ state: string; end?: { message?: string } }>(`/v1/instances/${id}`);

/** Waits until the agents of a workspace have sent all and ended. */
async function agentsEnd(workspace: string): Promise<void> {
  await waitFor(() => agentsOf(workspace).length === 0, "the end of the agent", 60_000);
}

describe("the agent", () => {
  test("killed again and again, nothing is missing or doubled, and one warning is said", async () => {
    const run = start("count", 12_000);
    let kills = 0;
    while (run.child.exitCode === null && kills < 3) {
      const before = run.stdout().length;
      await waitFor(() => run.child.exitCode !== null || (startsOf(run.workspace) > kills && run.stdout().length > before), "an agent");
      for (const pid of agentsOf(run.workspace)) process.kill(pid, "SIGKILL");
      kills += 1;
    }
    const { exitCode, stdout, stderr } = await run.result;
    expect(kills).toBeGreaterThan(1);
    expect(exitCode).toBe(0);
    expect(stderr.match(/ava-sdk: /g)).toHaveLength(1);
    expect(stderr).toContain("the agent has ended");
    await agentsEnd(run.workspace);
    await runAva(["sync"], run.environment);
    expect(counted(await valuesOf(idOf(stdout)))).toBe(12_000);
    expect((await stateOf(idOf(stdout))).state).toBe("done");
  });

  test("is shared by processes that are forked, and ends with the last of them", async () => {
    const run = start("fork", 8);
    const { exitCode, stdout, stderr } = await run.result;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    await agentsEnd(run.workspace);
    expect((await valuesOf(idOf(stdout))).toSorted((a, b) => a - b)).toEqual([-1, ...upTo(9)]);
    expect(readdirSync(path.join(run.workspace, "run", idOf(stdout), "journal"))).toEqual([]);
  });

  test("leaves children that are forked while it starts no lock to wait for", async () => {
    const run = start("fork_early", 300);
    const { exitCode, stdout, stderr } = await run.result;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect((await valuesOf(idOf(stdout))).toSorted((a, b) => a - b)).toEqual(upTo(300));
  });

  test("is shared by processes that are spawned with the instance", async () => {
    const run = start("spawn", 60);
    const { exitCode, stdout, stderr } = await run.result;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    await agentsEnd(run.workspace);
    expect((await valuesOf(idOf(stdout))).toSorted((a, b) => a - b)).toEqual(upTo(60));
  });

  test("is one for 64 processes on one instance", async () => {
    const run = start("many", 64);
    let most = 0;
    while (run.child.exitCode === null) {
      most = Math.max(most, agentsOf(run.workspace).length);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { exitCode, stdout, stderr } = await run.result;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(most).toBe(1);
    await agentsEnd(run.workspace);
    const points = await platform.pointsOf(idOf(stdout));
    for (const child of upTo(64)) {
      expect(points.filter(({ name }) => name === `loss/${child}`).map(({ value }) => value)).toEqual(upTo(50));
    }
  });

  test("that is named by AVA_AGENT is used, and no other is started", async () => {
    const workspace = newWorkspace();
    const environment = pythonEnvironment(workspace, { AVA_PLATFORM_URL: platform.url });
    const socket = path.join(workspace, "own.sock");
    const agent = startPython(["-c", AGENT, socket], environment);
    onTestFinished(() => void agent.child.kill("SIGKILL"));
    await waitFor(() => existsSync(socket), "the agent's socket");
    const run = start("count", 300, { AVA_AGENT: `unix:${socket}` }, workspace);
    const { exitCode, stdout, stderr } = await run.result;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(counted(await valuesOf(idOf(stdout)))).toBe(300);
    expect(existsSync(path.join(workspace, "tmp", "ava-sdk-0"))).toBe(false);
  });

  test("that does not see the run's folder is sent the records", async () => {
    const remote = newWorkspace();
    const port = await freePort();
    const agent = startPython(["-c", AGENT, `tcp:127.0.0.1:${port}`], pythonEnvironment(remote, { AVA_PLATFORM_URL: platform.url }));
    onTestFinished(() => void agent.child.kill("SIGKILL"));
    const run = start("remote", 3000, { AVA_AGENT: `tcp:127.0.0.1:${port}` });
    const { exitCode, stdout } = await run.result;
    expect(exitCode).toBe(0);
    expect(counted(await valuesOf(idOf(stdout)))).toBe(3000);
    const withSnapshot = await start("remote", 0, { AVA_AGENT: `tcp:127.0.0.1:${port}` }).result;
    expect(withSnapshot).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("1 snapshots wait: the agent does not see") });
  });
});

/** How often an agent has come up in a workspace. */
function startsOf(workspace: string): number {
  const folder = path.join(workspace, "tmp", `ava-sdk-${process.getuid?.()}`);
  const logs = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".log")) : [];
  return logs.reduce((sum, name) => sum + readFileSync(path.join(folder, name), "utf8").split("listens at").length - 1, 0);
}

/** Runs the engine as `ava-sdk agent` on the given address. */
const AGENT = `
import os, sys
from ava.agent.launch import engine_path, find_node
address = sys.argv[1] if ":" in sys.argv[1] else "unix:" + sys.argv[1]
node = find_node()
os.execv(node, [node, engine_path(), "agent", "--stay", "--listen", address])
`;

describe("without an agent", () => {
  test("records go to the journal, one warning is said, and sync sends them", async () => {
    const workspace = newWorkspace();
    const bin = path.join(workspace, "bin");
    mkdirSync(bin);
    const run = start("count", 2000, { PATH: bin }, workspace);
    const { exitCode, stdout, stderr } = await run.result;
    expect(exitCode).toBe(0);
    expect(stderr.match(/ava-sdk: /g)).toHaveLength(1);
    expect(stderr).toContain("Node.js");
    const synced = await runAva(["sync"], { ...run.environment, PATH: process.env["PATH"] as string });
    expect(synced.exitCode).toBe(0);
    expect(counted(await valuesOf(idOf(stdout)))).toBe(2000);
    expect((await stateOf(idOf(stdout))).state).toBe("done");
  });
});

test("an agent that is named and not there holds done() back no longer than promised, also when a snapshot waits", async () => {
  const run = start("snapshot", 10, { AVA_AGENT: "unix:/nowhere/agent.sock" });
  // Ten seconds are promised; for snapshots on their way it would be ten minutes.
  await waitFor(() => run.child.exitCode !== null, "the end of the run", 30_000);
  const { exitCode, stdout, stderr } = await run.result;
  expect(exitCode).toBe(0);
  expect(stdout).toContain("\nNone\n");
  expect(stderr.match(/ava-sdk: /g)).toHaveLength(1);
  expect(stderr).toContain("AVA_AGENT=unix:/nowhere/agent.sock");
  const synced = await runAva(["sync", "--json"], run.environment);
  expect(JSON.parse(synced.stdout.toString())).toMatchObject({ isComplete: true, snapshots: 1 });
  expect((await stateOf(idOf(stdout))).state).toBe("done");
});

describe("the platform", () => {
  test("away for the whole run: the run is not delayed, and sync sends all of it", async () => {
    const run = start("count", 2000, { AVA_PLATFORM_URL: closedUrl });
    const { exitCode, stdout, stderr } = await run.result;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    await agentsEnd(run.workspace);
    await runAva(["sync"], { ...run.environment, AVA_PLATFORM_URL: platform.url });
    expect(counted(await valuesOf(idOf(stdout)))).toBe(2000);
  });

  test("that takes connections and never answers holds an exit back no longer than promised", async () => {
    const silent = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(silent, "listening");
    onTestFinished(() => void silent.close());
    const { port } = silent.address() as { port: number };
    const run = start("exits", 0, { AVA_PLATFORM_URL: `http://127.0.0.1:${port}` });
    // Five seconds are promised; an answer would be waited for much longer.
    await waitFor(() => run.child.exitCode !== null, "the end of the run", 20_000);
    expect((await run.result).exitCode).toBe(0);
    for (const pid of agentsOf(run.workspace)) process.kill(pid, "SIGKILL");
  });
});

test.each([0, 1])("a program that closes all descriptors keeps its files and records (agent: %i)", async (isAgentThere) => {
  const run = start("close_all", isAgentThere);
  const { exitCode, stdout, stderr } = await run.result;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: expect.not.stringMatching(/Traceback/) });
  expect(stdout).toMatch(/whole\n$/);
  await agentsEnd(run.workspace);
  await runAva(["sync"], run.environment);
  expect(counted(await valuesOf(idOf(stdout)))).toBe(100);
  expect((await valuesOf(idOf(stdout), "accuracy")).toSorted()).toEqual([0.5, 0.75]);
  expect(await platform.logOf(idOf(stdout))).toContain("words");
  expect((await stateOf(idOf(stdout))).state).toBe("done");
});

describe("a run that ends", () => {
  test("by os._exit keeps what was logged, and tells its code", async () => {
    const run = start("os_exit", 3000);
    const { exitCode, stdout } = await run.result;
    expect(exitCode).toBe(3);
    expect(counted(await valuesOf(idOf(stdout)))).toBe(3000);
    expect(await stateOf(idOf(stdout))).toMatchObject({ state: "failed", end: { message: "exit code 3" } });
  });

  test("by os._exit of a child that is forked while the agent starts waits for no lock that the child has inherited", async () => {
    const run = start("fork_at_once", 5);
    const { exitCode, stdout } = await run.result;
    expect(exitCode).toBe(0);
    for (let child = 0; child < 5; child++) {
      expect(await stateOf(`${idOf(stdout)}-${child}`)).toMatchObject({ state: "failed", end: { message: "exit code 3" } });
    }
  });

  test("on a disk that stays full tells its end and what was dropped", async () => {
    const run = start("full_disk", 50);
    const { exitCode, stdout } = await run.result;
    expect(exitCode).toBe(1);
    expect(await stateOf(idOf(stdout))).toMatchObject({
      state: "failed",
      end: { message: "OSError: No space left on device" },
      drops: { points: 49, reason: expect.stringContaining("EFBIG") },
    });
    expect(counted(await valuesOf(idOf(stdout)))).toBe(1);
  });

  test("with daemon threads that still log keeps what they had logged", async () => {
    const run = start("threads", 500);
    const { exitCode, stdout, stderr } = await run.result;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    await agentsEnd(run.workspace);
    const [id, counts] = stdout.trim().split("\n") as [string, string];
    for (const [which, count] of counts.split(" ").map(Number).entries()) {
      const values = await valuesOf(id, `thread/${which}`);
      expect(values.length).toBeGreaterThanOrEqual(count);
      expect(counted(values)).toBe(values.length);
    }
    expect((await stateOf(id)).state).toBe("done");
  });

  test("by Ctrl-C is failed, and its exit code and output are Python's own", async () => {
    const run = start("interrupt", 1000);
    await waitFor(() => run.stdout().includes("ready"), "the middle of the run");
    run.child.kill("SIGINT");
    const { signal, stdout, stderr } = await run.result;
    expect(signal).toBe("SIGINT");
    expect(stderr.trimEnd().endsWith("KeyboardInterrupt")).toBe(true);
    await agentsEnd(run.workspace);
    const values = await valuesOf(idOf(stdout));
    expect(values.length).toBeGreaterThanOrEqual(1000);
    expect(counted(values)).toBe(values.length);
    expect(await stateOf(idOf(stdout))).toMatchObject({ state: "failed", end: { message: "KeyboardInterrupt" } });
  });

  test("by a signal handler that calls done() ends there, without a deadlock", async () => {
    for (let round = 0; round < 5; round++) {
      const run = start("handler", 500 + round * 37);
      await waitFor(() => run.stdout().includes("ready"), "the middle of the run");
      run.child.kill("SIGTERM");
      const { exitCode, stdout, stderr } = await run.result;
      expect({ exitCode, stderr }).toEqual({ exitCode: 9, stderr: "" });
      expect(await valuesOf(idOf(stdout), "handled")).toEqual([1]);
      expect(await stateOf(idOf(stdout))).toMatchObject({ state: "failed", end: { message: "signal 15" } });
    }
  });

  test.each([
    ["raises", 0, 1, "failed", "RuntimeError: cuda out of memory"],
    ["exits", 4, 4, "failed", "exit code 4"],
    ["quits", 5, 5, "failed", "exit code 5"],
    ["exits", 0, 0, "done", undefined],
    ["caught", 3, 0, "done", undefined],
  ])("by itself (%s %d) is recorded as such", async (kind, number, code, state, message) => {
    const run = start(kind, number);
    const { exitCode, stdout } = await run.result;
    expect(exitCode).toBe(code);
    const found = await stateOf(idOf(stdout));
    expect({ state: found.state, message: found.end?.message }).toEqual({ state, message });
  });
});

test("a workspace that cannot be written: the run is recorded below the temporary folder, and one warning says so", async () => {
  const workspace = newWorkspace();
  const blocked = path.join(workspace, "blocked");
  mkdirSync(blocked);
  chmodSync(blocked, 0o500);
  // Also for root: there is a file where the folder would be.
  const run = start("count", 200, { AVA_WORKSPACE: process.getuid?.() === 0 ? "/proc/version" : blocked }, workspace);
  const { exitCode, stdout, stderr } = await run.result;
  expect(exitCode).toBe(0);
  expect(stderr.match(/ava-sdk: /g)).toHaveLength(1);
  expect(stderr).toContain("AVA_WORKSPACE");
  await agentsEnd(workspace);
  expect(counted(await valuesOf(idOf(stdout)))).toBe(200);
});

test("a working folder that was removed: the run is recorded, and nothing is said", async () => {
  const { exitCode, stdout, stderr } = await start("folder_removed", 100).result;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(counted(await valuesOf(idOf(stdout)))).toBe(100);
});
