// The engine for clients in other languages: real agents, real writers, a real platform.
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { AgentClient, AgentProcess, attach, newRun, startWriter } from "../processes/agent.js";
import { newWorkspace, runAva, startAva, waitFor } from "../processes/ava.js";
import { caffeLog } from "../processes/paths.js";
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

describe("a client that does wrong harms nobody but itself", () => {
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

/** What `ava-sdk parse` finds in a log, as the lines of the test program give it. */
async function parsed(log: string): Promise<ExportedPoint[]> {
  const args = ["parse", "--parser", "caffe", "--batch-of-epoch", "125", log];
  const { stdout } = await runAva(args, {});
  const lines = stdout.toString().split("\n");
  return lines.filter((line) => line.startsWith('{"name"')).map((line) => JSON.parse(line) as ExportedPoint);
}

function valuesOf(points: readonly ExportedPoint[]): Record<string, string[]> {
  const values: Record<string, string[]> = {};
  for (const { name, labels, step, value } of points) {
    if (!name.startsWith("system/")) (values[`${name} ${JSON.stringify(labels ?? {})}`] ??= []).push(`${step} ${value}`);
  }
  return values;
}

describe("console lines", () => {
  test("become the metrics and the log that a wrapped command has, and the file goes when its process is gone", async () => {
    const agent = await AgentProcess.start();
    const folder = newRun("agent-lines");
    const client = await agent.client();
    await attach(client, folder, platform.url);
    const log = caffeLog("multiloss");
    const writer = startWriter("lines", folder.run, log, "metrics", "caffe", 1000);
    await writer.written;
    expect(await client.call("finish", { run: folder.run, timeoutMs: 20_000 })).toMatchObject({ isComplete: true });
    expect(valuesOf(await platform.pointsOf("agent-lines"))).toEqual(valuesOf(await parsed(log)));
    expect(await platform.logOf("agent-lines")).toBe(readFileSync(log, "utf8"));
    expect(readdirSync(path.join(folder.run, "lines"))).toHaveLength(1);
    await writer.end();
    await waitFor(() => readdirSync(path.join(folder.run, "lines")).length === 0, "the file is deleted");
  });

  test("that no agent saw are read by a sync; those of an unknown parser are kept and told of", async () => {
    const folder = newRun("agent-lines-sync");
    const log = caffeLog("multiloss");
    for (const parser of ["caffe", "no-such-parser"]) {
      const writer = startWriter("lines", folder.run, log, "metrics", parser, 10_000);
      await writer.written;
      writer.child.kill("SIGKILL");
      await waitFor(() => writer.child.signalCode !== null, "its end");
    }
    const synced = await runAva(["sync", "--json"], { AVA_WORKSPACE: folder.workspace, AVA_PLATFORM_URL: platform.url });
    expect(synced.exitCode).toBe(1);
    expect(synced.stderr.toString()).toContain('there is no parser "no-such-parser"');
    expect(valuesOf(await platform.pointsOf("agent-lines-sync"))).toEqual(valuesOf(await parsed(log)));
    expect(readdirSync(path.join(folder.run, "lines"))).toHaveLength(1);
  });

  test("add the snapshots that they name, each once, however often they are read", async () => {
    const folder = newRun("agent-lines-snap");
    const [files, storage] = [newWorkspace(), newWorkspace()];
    const log = path.join(files, "caffe.log");
    const text: string[] = [];
    for (const step of [100, 200]) {
      for (const ending of ["caffemodel", "solverstate"]) {
        const name = `net_iter_${step}.${ending}`;
        writeFileSync(path.join(files, name), `${name}\n`);
        text.push(`I0613 10:21:25.756645  1949 solver.cpp:464] Snapshotting to binary proto file ${name}`);
      }
    }
    writeFileSync(log, `${text.join("\n")}\n`);
    const environment = { AVA_PLATFORM_URL: platform.url, AVA_STORAGE: `file:${storage}` };
    const writer = startWriter("lines", folder.run, log, "snapshots", "caffe", 1000, files);
    await writer.written;
    for (let round = 0; round < 2; round++) {
      const agent = await AgentProcess.start();
      const client = await agent.client();
      await attach(client, folder, platform.url, { environment });
      const finished = { run: folder.run, timeoutMs: 10_000, snapshotTimeoutMs: 60_000 };
      expect(await client.call("finish", finished)).toMatchObject({ isComplete: true, waitingSnapshots: 0 });
      await waitFor(() => readdirSync(path.join(folder.run, "snapshots")).filter((name) => name.endsWith("registered.json")).length === 2, "both");
      await agent.kill();
    }
    const models = await platform.get<{ models: { name: string; version: string }[] }>("/v1/models?instance=agent-lines-snap");
    expect(models.models.map(({ name, version }) => `${name} ${version}`).toSorted()).toEqual([
      "agent-lines-snap-snapshot-model:epoch_1 1",
      "agent-lines-snap-snapshot-model:epoch_2 1",
    ]);
    await writer.end();
    await runAva(["sync", folder.run], environment);
    expect(readdirSync(path.join(folder.run, "lines"))).toEqual([]);
  });
});

describe("for a run whose folder it does not see", () => {
  async function startRemote(): Promise<{ port: number; workspace: string; client: () => Promise<AgentClient> }> {
    const [port, workspace] = [await freePort(), newWorkspace()];
    const ava = startAva(["agent", "--listen", `tcp:127.0.0.1:${port}`], { AVA_WORKSPACE: workspace });
    onTestFinished(() => void ava.child.kill("SIGKILL"));
    await waitFor(() => ava.stderr().includes("listens at"), "the agent listens");
    const client = async () => {
      const opened = (await AgentClient.open(port)) as AgentClient;
      await opened.hello({ host: "another-machine" });
      return opened;
    };
    return { port, workspace, client };
  }

  test("it takes the files piece by piece, ships them, and ends with its clients", async () => {
    const remote = await startRemote();
    const client = await remote.client();
    const folder = newRun("agent-mirror");
    const writer = startWriter("journals", folder.run, 2_000, 1, 10_000);
    await writer.written;
    const lines = startWriter("lines", folder.run, caffeLog("multiloss"), "metrics", "caffe", 10_000);
    await lines.written;
    expect(await attach(client, folder, platform.url, { probe: "no-such-file" })).toMatchObject({ isShared: false });
    for (const kind of ["journal", "lines"]) {
      for (const name of readdirSync(path.join(folder.run, kind)).toSorted()) {
        const data = readFileSync(path.join(folder.run, kind, name));
        const append = (offset: number, piece: Buffer) =>
          client.call("append", { run: folder.run, file: `${kind}/${name}`, offset, data: piece.toString("base64") });
        expect(await append(100, data)).toMatchObject({ size: 0 });
        expect(await append(0, data.subarray(0, 100))).toMatchObject({ size: 100 });
        expect(await append(50, data.subarray(50))).toMatchObject({ size: data.length });
        expect(await append(0, data)).toMatchObject({ size: data.length });
      }
    }
    expect(await client.call("finish", { run: folder.run, timeoutMs: 20_000 })).toMatchObject({ isComplete: true });
    const points = await platform.pointsOf("agent-mirror");
    expect(stepsOf(points)[`count ${writer.child.pid}-0`]).toEqual(countTo(2_000));
    const lossOf = (all: readonly ExportedPoint[]) => all.filter(({ name }) => name !== "count");
    expect(valuesOf(lossOf(points))).toEqual(valuesOf(await parsed(caffeLog("multiloss"))));
    client.socket.destroy();
    // Its copies are of no more use.
    const mirror = path.join(remote.workspace, "run", "agent-mirror");
    await waitFor(() => readdirSync(path.join(mirror, "journal")).length + readdirSync(path.join(mirror, "lines")).length === 0, "an end");
    await Promise.all([writer.end(), lines.end()]);
  });

  test.each(["../../x.ava", "journal/../../x", "journal/abcdefgh.000000.ava/../../x", "/etc/x", "lines/x.lines", "logs/a.log", "journal/.ava"])(
    "it takes no file %s",
    async (file) => {
      const remote = await startRemote();
      const client = await remote.client();
      const folder = newRun("agent-paths");
      await attach(client, folder, platform.url, { probe: "no-such-file" });
      expect(await client.call("append", { run: folder.run, file, offset: 0, data: "AAAA" })).toMatchObject({ error: { code: "bad_request" } });
    },
  );
});

describe("snapshots and the machine", () => {
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
    const facts = await platform.get<{ host?: string; cpus?: number; runtime?: { node?: string } }>("/v1/instances/agent-watch");
    expect(facts).toMatchObject({ runtime: { node: process.versions.node } });
    await writer.end();
    client.socket.destroy();
    expect((await agent.ava.result).exitCode).toBe(0);
    expect(readdirSync(path.join(folder.run, "journal"))).toEqual([]);
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
