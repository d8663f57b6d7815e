import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newWorkspace, runAva, waitFor } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { type PythonProcess, pythonEnvironment, startPython } from "../processes/python.js";
import { storedModels } from "./recorded.js";

const platform = new PlatformProcess(await freePort());
beforeAll(() => platform.start());
afterAll(() => platform.stop());

const BATCH_OF_EPOCH = 100;

const FOLDERS = ["../shared/data/caffe", "packages/sdk/src/console/parsers/caffe/fixtures"].map(repositoryPath).filter(existsSync);

/** Logs of the repository, and further ones that are shared with it where they are there: their names and paths. */
const LOGS = new Map(
  FOLDERS.flatMap((folder) => readdirSync(folder).map((name): [string, string] => [name, path.join(folder, name)])).filter(([name]) =>
    name.endsWith(".log"),
  ),
);

interface Item {
  name?: string;
  event?: string;
  step: number;
  value: number | string;
  labels?: Record<string, string>;
}

const textOf = ({ name, step, value, labels = {} }: Item) => `${name} ${step} ${value} ${JSON.stringify(Object.entries(labels).sort())}`;

/** Starts a script with a `caffe` on its PATH that replays a log, whatever solver it is given. */
function start(program: string, args: string[], id: string, log: string, fields = ""): PythonProcess {
  const workspace = newWorkspace();
  const bin = path.join(workspace, "bin");
  mkdirSync(bin);
  writeFileSync(path.join(bin, "solver.prototxt"), `log: "${log}"\n${fields}`);
  const standIn = `#!/bin/sh\nexec python3 "${repositoryPath("tests/programs/caffe-stand-in.py")}" train -solver "${bin}/solver.prototxt"\n`;
  writeFileSync(path.join(bin, "caffe"), standIn, { mode: 0o755 });
  const own = { AVA_PLATFORM_URL: platform.url, AVA_TRAINING_INS_ID: id, PATH: `${bin}:${process.env["PATH"]}` };
  const env = pythonEnvironment(workspace, own);
  return startPython(["-c", inFolder(workspace), repositoryPath(`tests/python/programs/${program}`), ...args], env);
}

/** Caffe's snapshots have relative names: the script runs where they may lie. */
const inFolder = (folder: string) =>
  `import os, runpy, sys; os.chdir(${JSON.stringify(folder)}); sys.argv.pop(0); runpy.run_path(sys.argv[0], run_name="__main__")`;

async function parse(log: string): Promise<Item[]> {
  const { stdout } = await runAva(["parse", "--parser", "caffe", log], {});
  return stdout
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Item);
}

describe("the seed's example for Caffe, word for word", () => {
  test.each([...LOGS])("records of %s what `ava-sdk parse` reads, and stores the snapshots that it names", async (title, log) => {
    const id = `seed-${path.basename(title, ".log")}`;
    const { exitCode, stderr } = await start("caffe_seed_example.py", [String(BATCH_OF_EPOCH)], id, log).result;
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0, stderr: expect.not.stringContaining("ava-sdk:") });
    const items = await parse(log);
    const points = (await platform.pointsOf(id)).filter(({ name }) => !name.startsWith("system/"));
    const metrics = items.filter(({ name }) => name !== undefined);
    expect(points.map(textOf).sort()).toEqual(metrics.map(textOf).sort());
    // The script's own lines are in the log of the run, too.
    const recorded = (await platform.logOf(id)).split("\n");
    const said = readFileSync(log, "utf8").trimEnd().split("\n");
    expect(recorded.filter((line) => said.includes(line))).toEqual(said);
    const steps = new Set(items.filter(({ event }) => event === "snapshot").map(({ step }) => step));
    const models = await storedModels(platform, id);
    const epochs = [...steps].map((step) => Math.ceil(step / BATCH_OF_EPOCH));
    expect(models.map(({ name }) => name).sort()).toEqual(epochs.map((epoch) => `${id}-snapshot-model:epoch_${epoch}`).sort());
    for (const { files } of models) expect(files.filter((file) => /\.(caffemodel|solverstate)/.test(file))).toHaveLength(2);
  });
});

describe("a script around Caffe that ends its instance itself", () => {
  test("Caffe's last line has no line end: it is in the log, and not a metric that may be cut", async () => {
    const cutLog = path.join(newWorkspace(), "cut.log");
    const line = (step: number, loss: string) => `I0601 10:00:00.000000  1949 solver.cpp:239] Iteration ${step}, loss = ${loss}`;
    writeFileSync(cutLog, `${line(100, "0.5")}\n${line(200, "0.2")}`);
    const { exitCode } = await start("caffe_script.py", [], "cut", cutLog).result;
    expect(exitCode).toBe(0);
    const points = (await platform.pointsOf("cut")).filter(({ name }) => name === "loss");
    expect(points.map(({ step, value }) => [step, value])).toEqual([[100, 0.5]]);
    expect(await platform.logOf("cut")).toContain("Iteration 200, loss = 0.2");
  });

  const log = repositoryPath("packages/sdk/src/console/parsers/caffe/fixtures/lenet-plain.log");
  const endOf = (id: string) => platform.get<{ state: string; end: { message?: string } }>(`/v1/instances/${id}`);

  test("from a signal handler: the run has failed, and all that Caffe had said is there", async () => {
    const script = start("caffe_script.py", [], "signalled", log, "lines_per_second: 400\n");
    await waitFor(() => script.stdout().includes("half way"), "Caffe to be half way");
    script.child.kill("SIGTERM");
    const { exitCode, stderr } = await script.result;
    expect(exitCode).toBe(3);
    expect(stderr.match(/ava-sdk: .*batch_of_epoch is missing/g)).toHaveLength(1);
    expect(await endOf("signalled")).toMatchObject({ state: "failed", end: { message: "stopped by signal 15" } });
    const metrics = (await parse(log)).filter(({ name, step }) => name !== undefined && step < 500);
    const pointsThere = async () => (await platform.pointsOf("signalled")).map(textOf);
    const last = textOf(metrics.at(-1) as (typeof metrics)[number]);
    await waitFor(async () => (await pointsThere()).includes(last), "the last metrics to arrive");
    expect(await pointsThere()).toEqual(expect.arrayContaining(metrics.map(textOf)));
  });

  test("when Caffe fails: the run has failed, with the script's words", async () => {
    expect((await start("caffe_script.py", [], "failing", log, "exit_code: 7\n").result).exitCode).toBe(4);
    expect(await endOf("failing")).toMatchObject({ state: "failed", end: { message: "caffe ended with 7" } });
  });
});
