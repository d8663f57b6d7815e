import { afterAll, beforeAll, expect, test } from "vitest";
import { newWorkspace, runAva } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { agentsOf, PYTHON, pythonEnvironment, startPython } from "../processes/python.js";

let platform: PlatformProcess;

beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
});

afterAll(() => platform.stop());

const SCRIPT = `
import logging
from ava.train import base as train
ins = train.TrainInstance("logged-%d" % bool(__import__("os").environ.get("AVA_CONSOLE")))
logging.info("Epoch[0] Batch [10] Speed: 812.00 samples/sec")
ins.done()
`;

async function countIn(id: string, text: string): Promise<number> {
  return (await platform.logOf(id)).split(text).length - 1;
}

test("what a Python script logs is in the platform's log once: from the script itself, and from under ava-sdk run", async () => {
  const workspace = newWorkspace();
  const env = pythonEnvironment(workspace, { AVA_PLATFORM_URL: platform.url });
  const alone = await startPython(["-c", SCRIPT], env).result;
  const watched = await runAva(["run", "--id", "logged-1", "--", PYTHON, "-c", SCRIPT], env);
  for (const pid of agentsOf(workspace)) process.kill(pid);
  expect([alone.exitCode, watched.exitCode]).toEqual([0, 0]);
  expect([await countIn("logged-0", "Speed: 812"), await countIn("logged-1", "Speed: 812")]).toEqual([1, 1]);
});

test("what a Node.js script logs to its instance is in the platform's log once under ava-sdk run, too", async () => {
  const workspace = newWorkspace();
  const program = repositoryPath("tests/programs/log-initialized.mjs");
  const env = { AVA_WORKSPACE: workspace, AVA_PLATFORM_URL: platform.url };
  const { exitCode } = await runAva(["run", "--id", "logged", "--", process.execPath, program, workspace, "debug"], env);
  expect(exitCode).toBe(0);
  expect([await countIn("logged", "Started proc"), await countIn("logged", "details")]).toEqual([1, 1]);
});
