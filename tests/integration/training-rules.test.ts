import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { newWorkspace, runAva } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { PYTHON, pythonEnvironment } from "../processes/python.js";

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

async function ava(args: string[], variables = env): Promise<{ stdout: string; stderr: string; exitCode: number | null }> {
  const { stdout, stderr, exitCode } = await runAva(args, variables);
  return { stdout: stdout.toString(), stderr: stderr.toString(), exitCode };
}

async function putRules(rules: string[]): Promise<void> {
  const file = path.join(workspace, "rules.json");
  writeFileSync(file, JSON.stringify({ rules }));
  expect(await ava(["rules", "put", file, "--training", training])).toEqual({
    stdout: rules.map((rule) => `${rule}\n`).join(""),
    stderr: "",
    exitCode: 0,
  });
}

/** Runs a command that prints lines, as a run of the training. */
async function run(id: string, flags: string[], lines: string[], variables = env): Promise<string> {
  const program = `for (const line of ${JSON.stringify(lines)}) console.log(line)`;
  const { stderr, exitCode } = await ava(
    ["run", "--training", training, "--id", id, ...flags, "--", process.execPath, "-e", program],
    variables,
  );
  expect(exitCode, `${stderr}`).toBe(0);
  return stderr;
}

/** Name, step and value of each point. */
async function points(id: string): Promise<string[]> {
  const lines = (await ava(["export", id])).stdout.trim().split("\n").slice(1);
  return lines.map((line) => line.split(",")).map(([name, , step, , , value]) => `${name} ${step} ${value}`);
}

test("a run reads its output with the rules of its training; those of its command line come first, then these, then the parsers", async () => {
  await putRules(["at (?<step>\\d+) it is (?<quality>\\S+)", "loss (?<other>\\S+)", "never (?<never>\\d)"]);
  expect((await ava(["rules", "show", "--training", training, "--json"])).stdout).toBe(
    `${JSON.stringify({ training, rules: ["at (?<step>\\d+) it is (?<quality>\\S+)", "loss (?<other>\\S+)", "never (?<never>\\d)"] })}\n`,
  );
  const lines = ["at 10 it is 0.5", "step 3 loss 0.25", "acc 7"];
  const stderr = await run("ruled", ["--metric", "at \\d+ it is (?<mine>\\S+)"], [...lines, "step 4 acc 0.5"]);
  expect(await points("ruled")).toEqual(["mine 0 0.5", "other 0 0.25", "acc 4 0.5"]);
  expect(stderr).toContain("the training's rule never (?<never>\\d) has read nothing");
  await run("of-another", ["--training", "another"], lines);
  expect(await points("of-another")).not.toContain("quality 10 0.5");
});

test("with the platform away, the rules that were fetched last are used, and it is said", async () => {
  await putRules(["it is (?<quality>\\S+)"]);
  await run("before", [], ["it is 1"]);
  const away = { ...env, AVA_PLATFORM_URL: `http://127.0.0.1:${await freePort()}` };
  expect(await run("away", [], ["it is 2"], away)).toContain(`used are 1 of ${training}, fetched before`);
  await ava(["sync"]);
  expect(await points("away")).toEqual(["quality 0 2"]);
  await putRules([]);
  await run("after", [], ["it is 3"]);
  expect(await points("after")).toEqual([]);
  await run("away-again", [], ["it is 4"], away);
  await ava(["sync"]);
  expect(await points("away-again")).toEqual([]);
});

const HOOKED = ["I1122 23:39:19.098261  1949 solver.cpp:239] Iteration 50, loss = 0.5", "50: top5 is 0.75"];

function hookedInTypeScript(options: string): [command: string, args: string[]] {
  const file = path.join(workspace, "hooked.mjs");
  writeFileSync(
    file,
    `import { cmd, TrainInstance } from ${JSON.stringify(repositoryPath("packages/sdk/lib/index.js"))};
const ins = await TrainInstance.create(${options});
await cmd.runproc(["printf", "%s\\n", ...${JSON.stringify(HOOKED)}], [ins.getMonitorCallback("caffe")]);
await ins.done();`,
  );
  return [process.execPath, [file]];
}

/** What reads these lines by the hook for Caffe, in each language. */
const HOOKS: [language: string, program: () => [command: string, args: string[]]][] = [
  ["TypeScript", () => hookedInTypeScript("{}")],
  ["TypeScript-with-params", () => hookedInTypeScript("{ params: { lr: 0.1 } }")],
  [
    "Python",
    () => {
      const program = `from ava.train import base
from ava.utils import cmd
ins = base.TrainInstance()
cmd.runproc(["printf", "%s\\\\n"] + ${JSON.stringify(HOOKED)}, [ins.get_monitor_callback("caffe")])
ins.done()`;
      return [PYTHON, ["-c", program]];
    },
  ],
];

test.each(HOOKS)(
  "the hook for Caffe of %s reads with the rules of the training, also with the platform away",
  async (language, program) => {
    await putRules(["(?<step>\\d+): top5 is (?<top5>\\S+)"]);
    const hook = async (id: string, url: string): Promise<void> => {
      const [command, args] = program();
      const own = { AVA_PLATFORM_URL: url, AVA_TRAINING: training, AVA_TRAINING_INS_ID: `${language}-${id}` };
      const { stdout, stderr, status } = spawnSync(command, args, { env: pythonEnvironment(workspace, own), encoding: "utf8" });
      expect([stdout, status], `${stderr}`).toEqual([`${HOOKED.join("\n")}\n`, 0]);
    };
    await hook("here", platform.url);
    expect((await points(`${language}-here`)).filter((point) => !point.startsWith("system/"))).toEqual(["loss 50 0.5", "top5 50 0.75"]);
    await hook("away", `http://127.0.0.1:${await freePort()}`);
    await ava(["sync"]);
    expect((await points(`${language}-away`)).filter((point) => !point.startsWith("system/"))).toEqual(["loss 50 0.5", "top5 50 0.75"]);
  },
);

test("a file of rules that is wrong is refused before anything is asked", async () => {
  const file = path.join(workspace, "rules.json");
  writeFileSync(file, JSON.stringify(["loss (?<loss>"]));
  const { exitCode, stderr } = await ava(["rules", "put", file, "--training", training]);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining("rule 1")]);
  const missing = await ava(["rules", "put", `${file}.not`, "--training", training]);
  expect([missing.exitCode, missing.stderr]).toEqual([2, `ava-sdk: ${file}.not cannot be read as rules: there is no such file\n`]);
  await run("none", [], ["it is 1"]);
  const fetched = path.join(workspace, "params", "fetched");
  expect(existsSync(fetched) ? readdirSync(fetched) : []).toEqual([]);
});
