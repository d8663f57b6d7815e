import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newWorkspace, runAva } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";

let platform: PlatformProcess;

beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
});

afterAll(() => platform.stop());

const PROGRAM = `
  import { TrainInstance } from "ava-sdk";
  import { cmd } from "ava-sdk/utils";
  await cmd.runproc(["echo", "before"]);
  const ins = await TrainInstance.create();
  await cmd.runproc(["sh", "-c", "echo Iteration 1; echo for $AVA_CONSOLE >&2"], () => undefined);
  await cmd.runproc(["sh", "-c", "echo Iteration 2; echo words >&2"]);
  await ins.done();
  await cmd.runproc(["echo", "after"]);
`;

const command = [process.execPath, "--input-type=module", "-e", PROGRAM];
const folder = repositoryPath("packages/sdk");

function environment(id: string): Record<string, string> {
  return { AVA_PLATFORM_URL: platform.url, AVA_WORKSPACE: newWorkspace(), AVA_TRAINING_INS_ID: id };
}

test("what commands of a script print is in the log of its instance", async () => {
  const [program, ...args] = command as [string, ...string[]];
  const { status } = spawnSync(program, args, { cwd: folder, env: { ...process.env, ...environment("alone") } });
  expect(status).toBe(0);
  const lines = (await platform.logOf("alone")).trimEnd().split("\n");
  expect(lines.sort()).toEqual(["Iteration 1", "Iteration 2", "for alone", "words"]);
});

test("what commands of a script print is in the log once under ava-sdk run", async () => {
  const { exitCode } = await runAva(["run", "--", ...command], environment("watched"), folder);
  expect(exitCode).toBe(0);
  const lines = (await platform.logOf("watched")).trimEnd().split("\n");
  expect(lines.sort()).toEqual(["Iteration 1", "Iteration 2", "after", "before", "for watched", "words"]);
});
