// A secret in a command, in what a run says about its end, and in an address must not stand where the platform shows it.
import { afterAll, beforeAll, expect, test } from "vitest";
import { newWorkspace, runAva } from "../processes/ava.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { agentsOf, PYTHON, pythonEnvironment, startPython } from "../processes/python.js";

const platform = new PlatformProcess(await freePort());
beforeAll(() => platform.start());
afterAll(() => platform.stop());

// Cut, so that they are not taken for secrets that leaked.
const TOKEN = `ghp${"_"}A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8`;

interface Facts {
  command: string[];
  end: { message: string };
  events: { message?: string }[];
}

test("ava-sdk run: by its shape, in the command and in the cause of the end", async () => {
  const env = { AVA_WORKSPACE: newWorkspace(), AVA_PLATFORM_URL: platform.url };
  const script = `echo "login with $1 failed" >&2; exit 3`;
  const { exitCode } = await runAva(["run", "--id", "shape", "--", "sh", "-c", script, "sh", TOKEN, "mysql", "-pSECRET"], env);
  expect(exitCode).toBe(3);
  const facts = await platform.get<Facts>("/v1/instances/shape");
  expect(facts.command.slice(4)).toEqual(["***", "mysql", "-p***"]);
  expect(facts.end.message).toBe("login with *** failed");
  expect(JSON.stringify(facts)).not.toContain(TOKEN);
});

test("Python: in the cause of the end, and in its notices", async () => {
  const workspace = newWorkspace();
  const secret = "p4ssw0rd";
  const env = pythonEnvironment(workspace, {
    AVA_PLATFORM_URL: platform.url,
    AVA_TRAINING_INS_ID: "python-shape",
    AVA_TRAINING: `https://ada:${secret}@host/a b`,
  });
  const program = `from ava.train import base\nbase.TrainInstance().done(err_msg="cannot log in with ${TOKEN}")`;
  const { exitCode, stderr } = await startPython(["-c", program, TOKEN], env, PYTHON).result;
  for (const pid of agentsOf(workspace)) process.kill(pid);
  expect(exitCode).toBe(0);
  const facts = await platform.get<Facts>("/v1/instances/python-shape");
  expect(facts.end.message).toBe("cannot log in with ***");
  expect(JSON.stringify(facts)).not.toContain(TOKEN);
  expect(stderr).toContain("ada:***@host");
  expect(stderr).not.toContain(secret);
});
