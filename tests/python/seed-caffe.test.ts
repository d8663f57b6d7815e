import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newWorkspace, runAva } from "../processes/ava.js";
import { caffeLog, repositoryPath } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { agentsOf, pythonEnvironment, startPython } from "../processes/python.js";
import { findPython } from "./interpreters.js";

let platform: PlatformProcess;

beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
});

afterAll(() => platform.stop());

/** One metric as `ava-sdk parse` tells it. */
interface Parsed {
  name?: string;
  step?: number;
  value?: number | string;
}

const key = ({ name, step, value }: Parsed) => `${name} ${step} ${value}`;

for (const version of ["2.7", "3.6", "3.13"]) {
  const python = findPython(version);
  const note = python ? "" : "; NOT TESTED: it is not installed here";
  test.skipIf(!python)(`the seed's example for Caffe records every metric and both snapshots with Python ${version}${note}`, async () => {
    const workspace = newWorkspace();
    const bin = path.join(workspace, "bin");
    mkdirSync(bin);
    symlinkSync(repositoryPath("tests/programs/caffe-stand-in.py"), path.join(bin, "caffe"));
    const log = caffeLog("lenet-plain");
    const solver = path.join(workspace, "solver.prototxt");
    writeFileSync(solver, `net: "lenet.prototxt"\nlog: "${log}"\n`);
    const env = pythonEnvironment(workspace, {
      AVA_PLATFORM_URL: platform.url,
      AVA_STORAGE: `file:${workspace}/storage`,
      PATH: `${bin}:${process.env["PATH"]}`,
    });
    const program = repositoryPath("tests/python/programs/seed_caffe.py");
    const { exitCode, stdout, stderr } = await startPython([program, solver, "100"], env, python).result;
    for (const pid of agentsOf(workspace)) process.kill(pid);
    expect({ exitCode, stderr: exitCode === 0 ? "" : stderr }).toEqual({ exitCode: 0, stderr: "" });
    const id = stdout.trim();

    const console = readFileSync(log, "utf8");
    const own = (line: string) => /^\[20\d\d-/.test(line);
    const said = stderr.split("\n");
    // Caffe's words are there once and unchanged; the logger's are the two of the script and the command.
    expect(said.filter((line) => !own(line)).join("\n")).toBe(console);
    expect(said.filter(own).map((line) => line.replace(/.*\(\)\] /, ""))).toEqual([
      `caffe train -solver ${solver}`,
      expect.stringContaining("Started <"),
      "Finished proc with code 0",
    ]);
    const runLog = readFileSync(path.join(workspace, "run", id, "logs", "run.log"), "utf8").split("\n");
    const recorded = runLog.filter((line) => line.includes("logproc()]")).map((line) => line.replace(/^.*?logproc\(\)\] /, ""));
    expect(recorded).toEqual(
      console
        .replace(/\n$/, "")
        .split("\n")
        .map((line) => line.trim()),
    );

    const parsed = await runAva(["parse", "--parser", "caffe", log], {});
    const metrics = parsed.stdout
      .toString()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Parsed)
      .filter(({ name }) => name !== undefined);
    const points = (await platform.pointsOf(id)).filter(({ name }) => !name.startsWith("system/"));
    expect(points.map(key).sort()).toEqual(metrics.map(key).sort());
    const facts = await platform.get<{ state: string; models: { name: string }[] }>(`/v1/instances/${id}`);
    expect(facts.state).toBe("done");
    expect(facts.models.map(({ name }) => name).sort()).toEqual([`${id}-snapshot-model:epoch_10`, `${id}-snapshot-model:epoch_5`]);
  });
}
