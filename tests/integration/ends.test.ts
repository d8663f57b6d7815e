import { afterAll, beforeAll, expect, test } from "vitest";
import { newWorkspace, runAva } from "../processes/ava.js";
import { freePort, PlatformProcess } from "../processes/platform.js";

let platform: PlatformProcess;

beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
});

afterAll(() => platform.stop());

interface Detail {
  state: string;
  training: string;
  params: unknown;
  startTime: string;
  end: { exitCode?: number; signal?: string; message?: string; stoppedBy?: string };
}

const detailOf = (id: string) => platform.get<Detail>(`/v1/instances/${id}`);

/** Runs a command line of `sh` from a workspace of its own, as on another machine. */
function run(id: string, script: string, flags: string[] = [], env: Record<string, string> = {}): ReturnType<typeof runAva> {
  return runAva(["run", "--id", id, ...flags, "--", "sh", "-c", script], {
    AVA_WORKSPACE: newWorkspace(),
    AVA_PLATFORM_URL: platform.url,
    ...env,
  });
}

test("joining an instance by its id alone keeps its training, params and start time", async () => {
  await run("joined", "true", ["--training", "lenet", "--set", "lr=0.1"]);
  const before = await detailOf("joined");
  expect(before).toMatchObject({ training: "lenet", params: { lr: 0.1 }, state: "done" });
  await run("joined", "true");
  expect(await detailOf("joined")).toMatchObject({ training: "lenet", params: { lr: 0.1 }, state: "done", startTime: before.startTime });
});

test("a rerun that succeeds clears the error of the run before it", async () => {
  await run("rerun", "echo 'ValueError: bad lr' >&2; exit 3");
  expect(await detailOf("rerun")).toMatchObject({ state: "failed", end: { exitCode: 3, message: "ValueError: bad lr" } });
  await run("rerun", "true");
  const after = await detailOf("rerun");
  expect(after).toMatchObject({ state: "done", end: { exitCode: 0 } });
  expect(after.end.message).toBeUndefined();
});

test("a rank that starts after rank 0's end leaves the instance done; so does one that is alone", async () => {
  await run("ranks", "true", [], { RANK: "0" });
  await run("ranks", "true", [], { RANK: "1" });
  expect(await detailOf("ranks")).toMatchObject({ state: "done", end: { exitCode: 0 } });
  await run("rank-alone", "true", [], { RANK: "3" });
  expect(await detailOf("rank-alone")).toMatchObject({ state: "done" });
  await run("rank-alone", "exit 7", [], { RANK: "4" });
  expect(await detailOf("rank-alone")).toMatchObject({ state: "failed", end: { exitCode: 7 } });
});
