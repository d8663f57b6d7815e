// The engine for clients in other languages: real agents, real writers, a real platform.
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { AgentClient, AgentProcess, attach, newRun, startWriter } from "../processes/agent.js";
import { runAva, startAva, waitFor } from "../processes/ava.js";
import { type ExportedPoint, freePort, PlatformProcess } from "../processes/platform.js";

const DEAD_URL = "http://127.0.0.1:9";

let platform: PlatformProcess;

beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
});

afterAll(() => platform.stop());

/** Steps by series, what is measured of the machine left out. */
function stepsOf(points: readonly ExportedPoint[]): Record<string, number[]> {
  const steps: Record<string, number[]> = {};
  for (const { name, labels, step } of points) {
    if (!name.startsWith("system/")) (steps[`${name} ${labels["writer"]}`] ??= []).push(step);
  }
  return steps;
}

function countTo(points: number): number[] {
  return Array.from({ length: points }, (_, step) => step);
}

describe("the agent of a socket", () => {
  test("ships what processes write that never connect, deletes it, and ends when the last of them is gone", async () => {
    const agent = await AgentProcess.start();
    expect(statSync(agent.socket).mode & 0o777).toBe(0o600);
    const folder = newRun("agent-1");
    const client = await agent.client();
    expect(await attach(client, folder, platform.url)).toMatchObject({ ok: true, isShared: true });
    const writer = startWriter("journals", folder.run, 300, 3, 10);
    await writer.written;
    expect(await client.call("finish", { run: folder.run, timeoutMs: 10_000 })).toMatchObject({ isComplete: true, refusedRecords: 0 });
    for (const steps of Object.values(stepsOf(await platform.pointsOf("agent-1")))) expect(steps).toEqual(countTo(300));

    await client.call("bye");
    const late = startWriter("journals", folder.run, 300, 1, 10);
    await late.written;
    await writer.end();
    // One process still lives: its records are shipped without any client.
    await waitFor(async () => Object.keys(stepsOf(await platform.pointsOf("agent-1"))).length === 4, "the late writer's points");
    expect(agent.ava.child.exitCode).toBeNull();
    await late.end();
    expect((await agent.ava.result).exitCode).toBe(0);
    expect(existsSync(agent.socket)).toBe(false);
    expect(readdirSync(path.join(folder.run, "journal"))).toEqual([]);
    const points = stepsOf(await platform.pointsOf("agent-1"));
    expect(Object.values(points)).toEqual([countTo(300), countTo(300), countTo(300), countTo(300)]);
  });

  test("ships sixty-four writers that come at any time", async () => {
    const agent = await AgentProcess.start();
    const folder = newRun("agent-64");
    const client = await agent.client();
    await attach(client, folder, platform.url);
    const writer = startWriter("journals", folder.run, 500, 64, 50);
    await writer.written;
    expect(await client.call("finish", { run: folder.run, timeoutMs: 30_000 })).toMatchObject({ isComplete: true });
    const points = stepsOf(await platform.pointsOf("agent-64"));
    expect(Object.keys(points)).toHaveLength(64);
    for (const steps of Object.values(points)) expect(steps).toEqual(countTo(500));
    await writer.end();
  });

  test("answers the finish of one process while others go on writing", async () => {
    const agent = await AgentProcess.start();
    const folder = newRun("agent-ranks");
    const client = await agent.client();
    await attach(client, folder, platform.url);
    const endless = startWriter("journals", folder.run, 1_000_000, 1, 5);
    const own = startWriter("journals", folder.run, 200, 1, 1000);
    const names = () => readdirSync(path.join(folder.run, "journal"));
    await own.written;
    await waitFor(() => names().length >= 2, "both journals");
    const writers = [...new Set(names().map((name) => name.split(".")[0] as string))];
    const answers = await Promise.all(
      writers.map((writer) => client.call("finish", { run: folder.run, timeoutMs: 10_000, snapshotTimeoutMs: 10_000, writer })),
    );
    for (const answer of answers) expect(answer).toMatchObject({ isComplete: true });
    const points = stepsOf(await platform.pointsOf("agent-ranks"));
    expect(points[`count ${own.child.pid}-0`]).toEqual(countTo(200));
    endless.child.kill("SIGKILL");
  });

  test("takes the place of one that was killed, and not of one that lives", async () => {
    const agent = await AgentProcess.start();
    const second = await runAva(["agent", "--listen", `unix:${agent.socket}`], {});
    expect(second.exitCode).toBe(1);
    expect(second.stderr.toString()).toBe(`ava-sdk: an agent listens at ${agent.socket} already\n`);
    await agent.kill();
    expect(existsSync(agent.socket)).toBe(true);
    await agent.restart();
    expect(await (await agent.client()).call("bye")).toMatchObject({ ok: true });
    expect((await agent.ava.result).exitCode).toBe(0);
  });

  test("ends within seconds when it is asked to, and leaves what is not shipped in the journal", async () => {
    const agent = await AgentProcess.start();
    const folder = newRun("agent-term");
    const client = await agent.client();
    await attach(client, folder, DEAD_URL);
    const writer = startWriter("journals", folder.run, 100, 1, 100);
    await writer.written;
    await waitFor(() => client.events("trouble").length > 0, "word of the trouble");
    agent.ava.child.kill("SIGTERM");
    expect((await agent.ava.result).exitCode).toBe(0);
    await writer.end();
    const synced = await runAva(["sync", folder.run], { AVA_PLATFORM_URL: platform.url });
    expect(synced.stdout.toString()).toBe("agent-term: 101 records sent\n");
  });

  test("of stdio serves one client and ends with its input", async () => {
    const folder = newRun("agent-stdio");
    const ava = startAva(["agent"], {});
    expect(await ava.result).toMatchObject({ exitCode: 0 });
    expect(readdirSync(folder.run)).toEqual([]);
  });
});

describe("a client that does wrong harms only itself", () => {
  test.each([
    ["garbage", "\u0000\u0001 nonsense\n", "bad_request"],
    ["a list", "[1, 2]\n", "bad_request"],
    ["a request without a number", '{"op":"hello"}\n', "bad_request"],
    ["no hello", '{"id":1,"op":"attach"}\n', "hello_missing"],
    ["another protocol", '{"id":1,"op":"hello","protocol":2}\n', "protocol_unsupported"],
    ["a line without an end", "x".repeat(17 * 1024 * 1024), "bad_request"],
  ])("%s", async (_, text, code) => {
    const agent = await AgentProcess.start();
    const other = await agent.client();
    const bad = (await AgentClient.open(agent.socket)) as AgentClient;
    bad.socket.write(text);
    await waitFor(() => bad.isClosed, "the agent hangs up");
    expect(bad.messages.at(-1)?.error?.code).toBe(code);
    expect(await other.call("nonsense")).toMatchObject({ error: { code: "unknown_op" } });
    expect(await other.call("toString")).toMatchObject({ error: { code: "unknown_op" } });
  });

  test("wrong fields are answered, and vanishing in the middle of a request is borne", async () => {
    const agent = await AgentProcess.start();
    const client = await agent.client();
    const folder = newRun("agent-wrong");
    for (const fields of [{}, { run: 7 }, { run: "relative/x", instance: "x" }, { run: folder.run, instance: "another" }]) {
      expect(await client.call("attach", fields)).toMatchObject({ error: { code: "bad_request" } });
    }
    expect(await attach(client, folder, "ftp://nowhere")).toMatchObject({ ok: true });
    expect(await client.call("finish", { run: "/no/such/run" })).toMatchObject({ error: { code: "not_attached" } });
    expect(await client.call("finish", { run: folder.run, timeoutMs: "soon" })).toMatchObject({ error: { code: "bad_request" } });
    for (let round = 0; round < 20; round++) {
      const leaving = await agent.client();
      leaving.socket.write('{"id":2,"op":"finish","run":"/x"}\n{"id":3,"op":"att');
      leaving.socket.destroy();
    }
    expect(await client.call("nonsense")).toMatchObject({ error: { code: "unknown_op" } });
  });

  test("a token is asked for on other addresses than loopback, and compared", async () => {
    const open = await runAva(["agent", "--listen", "tcp:0.0.0.0:0"], {});
    expect([open.exitCode, open.stderr.toString()]).toEqual([2, expect.stringContaining("give --token or AVA_TOKEN")]);
    const port = await freePort();
    const ava = startAva(["agent", "--listen", `tcp:127.0.0.1:${port}`], { AVA_TOKEN: "s3cret" });
    onTestFinished(() => void ava.child.kill("SIGKILL"));
    await waitFor(() => ava.stderr().includes("listens at"), "the agent listens");
    for (const [token, answer] of [
      ["wrong", { error: { code: "token_refused" } }],
      [undefined, { error: { code: "token_refused" } }],
      ["s3cret", { ok: true, protocol: 1 }],
    ] as const) {
      const client = (await AgentClient.open(port)) as AgentClient;
      expect(await client.hello(token === undefined ? {} : { token })).toMatchObject(answer);
      client.socket.destroy();
    }
    expect(ava.stderr().toString()).not.toContain("s3cret");
  });
});

describe("when the platform does not answer", () => {
  test("finish says so in its time, and the records are shipped when it is back", async () => {
    const late = new PlatformProcess(await freePort());
    onTestFinished(() => late.stop("SIGKILL"));
    const agent = await AgentProcess.start();
    const folder = newRun("agent-late");
    const client = await agent.client();
    await attach(client, folder, late.url);
    const writer = startWriter("journals", folder.run, 50, 2, 50);
    await writer.written;
    const answer = await client.call("finish", { run: folder.run, timeoutMs: 5_000 });
    expect(answer).toMatchObject({ isComplete: false, reason: "ECONNREFUSED" });
    expect(client.events("trouble")).toEqual([{ event: "trouble", run: folder.run, reason: "ECONNREFUSED" }]);
    await late.start();
    await waitFor(() => client.events("recovered").length > 0, "the platform takes records again", 60_000);
    expect(await client.call("finish", { run: folder.run, timeoutMs: 10_000 })).toMatchObject({ isComplete: true });
    expect(Object.values(stepsOf(await late.pointsOf("agent-late")))).toEqual([countTo(50), countTo(50)]);
    await writer.end();
  });

  test("one that hangs holds finish no longer than it was given", async () => {
    const hanging = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(hanging, "listening");
    onTestFinished(() => void hanging.close());
    const { port } = hanging.address() as { port: number };
    const agent = await AgentProcess.start();
    const folder = newRun("agent-hang");
    const client = await agent.client();
    await attach(client, folder, `http://127.0.0.1:${port}`);
    await startWriter("journals", folder.run, 5, 1, 5).written;
    expect(await client.call("finish", { run: folder.run, timeoutMs: 500 })).toMatchObject({ isComplete: false });
    expect(await client.call("finish", { run: folder.run, timeoutMs: 20_000 })).toMatchObject({
      isComplete: false,
      reason: "no answer from the platform in time",
    });
  });
});

test("a sync sends the unsent end of a long segment whose beginning the platform has", async () => {
  const folder = newRun("agent-half-acked");
  const writer = startWriter("journals", folder.run, 60_000, 1, 60_000, 8 * 1024 * 1024);
  await writer.written;
  await writer.end();
  const journal = path.join(folder.run, "journal");
  const [name] = readdirSync(journal) as [string];
  const whole = readFileSync(path.join(journal, name));
  const env = { AVA_PLATFORM_URL: platform.url };
  // What the platform had before the process was killed.
  writeFileSync(path.join(journal, name), whole.subarray(0, Math.floor(whole.length * 0.9)));
  await runAva(["sync", folder.run], env);
  writeFileSync(path.join(journal, name), whole);
  expect((await runAva(["sync", folder.run], env)).exitCode).toBe(0);
  expect(Object.values(stepsOf(await platform.pointsOf("agent-half-acked")))).toEqual([countTo(60_000)]);
});
