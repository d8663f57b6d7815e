// What an agent measures of the machine beside a training.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { AgentProcess, attach, newRun, startWriter } from "../processes/agent.js";
import { waitFor } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";

let platform: PlatformProcess;

beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
});

afterAll(() => platform.stop());

describe("the machine", () => {
  test("the machine is watched for the training's processes, and its facts are recorded", async () => {
    const agent = await AgentProcess.start();
    const folder = newRun("agent-watch");
    const client = await agent.client();
    const writer = startWriter("journals", folder.run, 1, 1, 1);
    await writer.written;
    const watched = { pid: writer.child.pid, program: process.execPath, workingFolder: folder.run, systemMetricsIntervalMs: 100 };
    await attach(client, folder, platform.url, { ...watched, labels: { rank: "0" } });
    const found = async () => (await platform.pointsOf("agent-watch")).filter(({ name }) => name === "system/processes");
    await waitFor(async () => (await found()).length > 2, "system metrics");
    expect((await found()).every(({ value, labels }) => value === 1 && labels["rank"] === "0")).toBe(true);
    const runtime = async () => (await platform.get<{ runtime?: { node?: string } }>("/v1/instances/agent-watch")).runtime?.node;
    await waitFor(async () => (await runtime()) === process.versions.node, "facts of the machine");
    await writer.end();
    client.socket.destroy();
    expect((await agent.ava.result).exitCode).toBe(0);
    expect(readdirSync(path.join(folder.run, "journal"))).toEqual([]);
  });

  test("and the records of a run that a wrapper records are the wrapper's; only what the training writes itself is the agent's", async () => {
    const other = new PlatformProcess(await freePort());
    onTestFinished(() => other.stop("SIGKILL"));
    await other.start();
    const folder = newRun("agent-wrapped");
    const wrapper = spawn(
      process.execPath,
      [
        repositoryPath("tests/programs/run-watched.mjs"),
        folder.instance,
        process.execPath,
        repositoryPath("tests/programs/agent-client.mjs"),
        "journals",
        folder.run,
        "50",
        "1",
        "50",
      ],
      { env: { ...process.env, AVA_WORKSPACE: folder.workspace, AVA_PLATFORM_URL: other.url }, stdio: ["pipe", "pipe", "inherit"] },
    );
    onTestFinished(() => void wrapper.kill("SIGKILL"));
    await once(wrapper.stdout, "data");
    const agent = await AgentProcess.start();
    const client = await agent.client();
    const inner = Number(readFileSync(`/proc/${wrapper.pid}/task/${wrapper.pid}/children`, "utf8").trim().split(" ").at(-1));
    await attach(client, folder, platform.url, { pid: inner, systemMetricsIntervalMs: 100 });
    await waitFor(async () => (await other.pointsOf(folder.instance)).length > 10, "the wrapper's system metrics");
    expect(await client.call("finish", { run: folder.run, timeoutMs: 10_000 })).toMatchObject({ isComplete: true });
    const names = new Set((await platform.pointsOf(folder.instance)).map(({ name }) => name));
    expect([...names]).toEqual(["count"]);
    const exited = once(wrapper, "exit");
    wrapper.stdin.end();
    await exited;
    client.socket.destroy();
    expect((await agent.ava.result).exitCode).toBe(0);
    expect(readdirSync(path.join(folder.run, "journal"))).toEqual([]);
    expect(new Set((await other.pointsOf(folder.instance)).map(({ name }) => name.split("/")[0]))).toEqual(new Set(["system"]));
  });
});
