import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { newWorkspace, runAva } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { PYTHON, pythonEnvironment, startPython } from "../processes/python.js";

const platform = new PlatformProcess(await freePort());
beforeAll(() => platform.start());
afterAll(() => platform.stop());

let workspace: string;
let env: Record<string, string>;
let count = 0;
let training: string;
beforeEach(() => {
  workspace = newWorkspace();
  env = { AVA_WORKSPACE: workspace, AVA_PLATFORM_URL: platform.url };
  training = `检测 ${++count}`;
});

const DIGITS = '{"lr": 0.10, "seed": 9223372036854775807, "clip": NaN}';
const SHOW = ["--", process.execPath, repositoryPath("packages/sdk/bin/ava-sdk.js"), "params", "all"];

function defaultFile(): string {
  return path.join(workspace, "params", "default.json");
}

async function put(route: string, body: object): Promise<void> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(platform.url + route, { method: "PUT", headers, body: JSON.stringify(body) });
  expect(answer.status, `${await answer.text()}`).toBe(200);
}

const putParams = (paramsText: string) => put(`/v1/trainings/${encodeURIComponent(training)}/params`, { paramsText });

/** What a program of each kind prints of its params, started with an id or without. */
const FACES: readonly [string, (id?: string) => Promise<{ stdout: string; stderr: string }>][] = [
  [
    "ava-sdk run",
    async (id) => {
      const { stdout, stderr, exitCode } = await runAva(["run", "--training", training, ...(id ? ["--id", id] : []), ...SHOW], env);
      expect(exitCode, `${stderr.toString()}`).toBe(0);
      return { stdout: stdout.toString(), stderr: stderr.toString() };
    },
  ],
  [
    "TrainInstance of TypeScript",
    async (id) => {
      const program = `
        import { params, TrainInstance } from "ava-sdk";
        const [training, id] = process.argv.slice(1);
        const ins = await TrainInstance.create({ training, ...(id ? { trainingInsId: id } : {}) });
        console.log(params.getValue("lr"), String(params.getValue("seed")));
        await ins.done();`;
      const args = ["--input-type=module", "-e", program, training, ...(id ? [id] : [])];
      return startPython(args, { ...(process.env as Record<string, string>), ...env }, process.execPath).result;
    },
  ],
  [
    "TrainInstance of Python",
    async (id) => {
      const program = [
        "import sys; from ava.params import params; from ava.train.base import TrainInstance",
        "ins = TrainInstance(*sys.argv[1:])",
        "print(params.get_value('lr'), params.get_value('seed'))",
        "ins.done()",
      ];
      const more = { AVA_PLATFORM_URL: platform.url, AVA_TRAINING: training };
      return startPython(["-c", program.join("\n"), ...(id ? [id] : [])], pythonEnvironment(workspace, more), PYTHON).result;
    },
  ],
];

test.each(FACES)("%s gets the params of its training, digit for digit, and the instance names the revision", async (_name, run) => {
  await putParams('{"lr": 5}');
  await putParams(DIGITS);
  const { stdout, stderr } = await run();
  expect(stdout, `${stderr}`).toMatch(/0\.10?\b.*9223372036854775807/);
  expect(readFileSync(defaultFile(), "utf8")).toBe(DIGITS);
  const { instances } = (await platform.get(`/v1/trainings/${encodeURIComponent(training)}/instances`)) as { instances: { id: string }[] };
  expect(instances).toMatchObject([{ paramsText: DIGITS }]);
  expect(await platform.get(`/v1/instances/${instances[0]!.id}`)).toMatchObject({ paramsRevision: 2, paramsFrom: "training" });
});

test.each(FACES)("%s gets the params that the platform has for its id, and leaves them there", async (name, run) => {
  const id = `given-${name.replaceAll(/\W/g, "-")}`;
  await put(`/v1/instances/${id}`, { training, paramsText: '{"lr": 7, "seed": 1}' });
  await putParams(DIGITS);
  mkdirSync(path.join(workspace, "params"));
  writeFileSync(defaultFile(), '{"lr": 3, "seed": 3}');
  const { stdout, stderr } = await run(id);
  expect(stdout, `${stderr}`).toMatch(/7.*1/);
  expect(await platform.get(`/v1/instances/${id}`)).toMatchObject({ state: "done", paramsText: '{"lr": 7, "seed": 1}' });
  expect(readFileSync(defaultFile(), "utf8")).toBe('{"lr": 3, "seed": 3}');
});

test.each(FACES)("with the platform away %s gets the params that were fetched last, which is said", async (_name, run) => {
  await putParams('{"lr": 0.25, "seed": 4}');
  await run();
  writeFileSync(defaultFile(), "{}");
  await platform.stop();
  onTestFinished(() => platform.start());
  const { stdout, stderr } = await run();
  expect(stdout).toMatch(/0\.25.*4/);
  expect(stderr).toMatch(/the platform cannot be asked for params.*revision 1 of .*fetched before/s);
});

test("what stood in params/default.json is kept when the platform's params replace it", async () => {
  mkdirSync(path.join(workspace, "params"));
  writeFileSync(defaultFile(), '{"mine": true}');
  await putParams('{"lr": 1}');
  const { stderr } = await runAva(["run", "--training", training, ...SHOW], env);
  const kept = readdirSync(path.join(workspace, "params", "kept"));
  expect(kept).toHaveLength(1);
  expect(readFileSync(path.join(workspace, "params", "kept", kept[0]!), "utf8")).toBe('{"mine": true}');
  expect(stderr.toString()).toContain(kept[0]);
  await putParams('{"lr": 2}');
  await runAva(["run", "--training", training, ...SHOW], env);
  expect(readFileSync(defaultFile(), "utf8")).toBe('{"lr": 2}');
  expect(readdirSync(path.join(workspace, "params", "kept"))).toEqual(kept);
});

test("--set changes the training's params for one run, --params takes their place", async () => {
  await putParams('{"lr": 1, "a": 2}');
  const set = await runAva(["run", "--training", training, "--id", `set-${count}`, "--set", "lr=3", ...SHOW], env);
  expect(set.stdout.toString()).toBe('{"lr": 3, "a": 2}\n');
  expect(await platform.get(`/v1/instances/set-${count}`)).toMatchObject({ paramsText: '{"lr": 3, "a": 2}', paramsRevision: 1 });
  const file = path.join(workspace, "own.json");
  writeFileSync(file, '{"own": 1}');
  const own = await runAva(["run", "--training", training, "--id", `own-${count}`, "--params", file, ...SHOW], env);
  expect(own.stdout.toString()).toBe('{"own": 1}\n');
  expect(await platform.get(`/v1/instances/own-${count}`)).not.toHaveProperty("paramsRevision");
});

test("a platform that does not answer holds the command up for a short time only, and the run has the workspace's params", async () => {
  const silent = createServer(() => undefined).listen(0, "127.0.0.1");
  await once(silent, "listening");
  onTestFinished(() => void silent.closeAllConnections());
  onTestFinished(() => void silent.close());
  mkdirSync(path.join(workspace, "params"));
  writeFileSync(defaultFile(), '{"mine": true}');
  const { port } = silent.address() as { port: number };
  const { stdout, stderr } = await runAva(["params", "fetch", "--training", training, "--json"], {
    ...env,
    AVA_PLATFORM_URL: `http://127.0.0.1:${port}`,
  });
  expect(JSON.parse(stdout.toString()), `${stderr.toString()}`).toEqual({
    rules: [],
    warnings: [],
    notes: [expect.stringMatching(/does not answer within 2000 ms.*those of the workspace/)],
  });
});

test("params of a training are put, read, listed and refused by the command line", async () => {
  const ask = async (...args: string[]) => {
    const { stdout, stderr, exitCode } = await runAva(["params", ...args, "--training", training], env);
    return [stdout.toString(), stderr.toString(), exitCode];
  };
  const file = path.join(workspace, "p.json");
  writeFileSync(file, `\uFEFF${DIGITS}`);
  expect(await ask("put", file, "--note", "first", "--base", "0")).toEqual(["1\n", "", 0]);
  writeFileSync(file, '{"lr": 2}');
  expect(await ask("put", file)).toEqual(["2\n", "", 0]);
  expect(await ask("all", "--revision", "1")).toEqual([`${DIGITS}\n`, "", 0]);
  expect(await ask("get", "lr")).toEqual(["2\n", "", 0]);
  expect(await ask("revisions")).toEqual([expect.stringMatching(/^1\t\S+\tfirst\n2\t\S+\n$/), "", 0]);
  // The same once more, as where the answer was lost, is the revision that is there; others are a conflict.
  expect(await ask("put", file, "--base", "1")).toEqual(["2\n", "", 0]);
  writeFileSync(file, '{"lr": 3}');
  expect(await ask("put", file, "--base", "1")).toEqual(["", expect.stringContaining("revision 2"), 1]);
  writeFileSync(file, '{"lr": 2,}');
  expect(await ask("put", file)).toEqual(["", expect.stringContaining("line 1, column 9"), 2]);
  expect(await ask("all", "--revision", "9")).toEqual(["", expect.stringContaining("no revision 9"), 1]);
});
