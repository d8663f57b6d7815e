// Console lines that a client hands to the agent's parsers, and runs whose files it does not see.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { AgentClient, AgentProcess, attach, newRun, startWriter } from "../processes/agent.js";
import { newWorkspace, runAva, startAva, waitFor } from "../processes/ava.js";
import { caffeLog } from "../processes/paths.js";
import { type ExportedPoint, freePort, PlatformProcess } from "../processes/platform.js";

let platform: PlatformProcess;

beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
});

afterAll(() => platform.stop());

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
      await waitFor(
        () => readdirSync(path.join(folder.run, "snapshots")).filter((name) => name.endsWith("registered.json")).length === 2,
        "both",
      );
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
    const counted = points.filter(({ name }) => name === "count");
    expect(counted.map(({ step }) => step)).toEqual(Array.from({ length: 2_000 }, (_, step) => step));
    const lossOf = (all: readonly ExportedPoint[]) => all.filter(({ name }) => name !== "count");
    expect(valuesOf(lossOf(points))).toEqual(valuesOf(await parsed(caffeLog("multiloss"))));
    client.socket.destroy();
    // Its copies are of no more use.
    const mirror = path.join(remote.workspace, "run", "agent-mirror");
    await waitFor(() => readdirSync(path.join(mirror, "journal")).length + readdirSync(path.join(mirror, "lines")).length === 0, "an end");
    await Promise.all([writer.end(), lines.end()]);
  });

  test.each([
    "../../x.ava",
    "journal/../../x",
    "journal/abcdefgh.000000.ava/../../x",
    "/etc/x",
    "lines/x.lines",
    "logs/a.log",
    "journal/.ava",
  ])("it takes no file %s", async (file) => {
    const remote = await startRemote();
    const client = await remote.client();
    const folder = newRun("agent-paths");
    await attach(client, folder, platform.url, { probe: "no-such-file" });
    expect(await client.call("append", { run: folder.run, file, offset: 0, data: "AAAA" })).toMatchObject({
      error: { code: "bad_request" },
    });
  });
});
