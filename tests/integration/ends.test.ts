import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newWorkspace, runAva, startAva, waitFor } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
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

test("a crash is told by the signal's line and what stands before it, not by the last frame of its stack", async () => {
  const lines = ["double free or corruption (out)", "*** SIGABRT (@0x11aa) received by PID 4522 ***", "    @     0x55bea5b1d241 _start"];
  await run("crash", `${lines.map((line) => `echo "${line}" >&2`).join("; ")}; kill -ABRT $$`);
  const message = "double free or corruption (out); *** SIGABRT (@0x11aa) received by PID 4522 ***";
  expect(await detailOf("crash")).toMatchObject({ state: "failed", end: { exitCode: 134, signal: "SIGABRT", message } });
});

test("a run that something else kills says so", async () => {
  await run("killed", "echo loss: 1; kill -9 $$");
  expect((await detailOf("killed")).end).toMatchObject({
    signal: "SIGKILL",
    stoppedBy: "self",
    message: expect.stringContaining("from outside"),
  });
});

const CAFFE = "I1128 21:39:19.098261  1949 solver.cpp:218] Iteration 0, loss = 1.5";

test.each<[string, string[], string, string]>([
  ["by default", [], "echo ready", "TERM"],
  ["as Caffe wants it", [], `echo '${CAFFE}'`, "INT"],
  ["as it was asked for", ["--stop-signal", "usr1"], "echo ready", "USR1"],
])("a stop asked for by ava-sdk stop gives the command the signal on which it saves: %s", async (_, flags, first, signal) => {
  const id = `stop-${signal}`;
  const traps = ["TERM", "INT", "USR1"].map((name) => `trap 'echo saved on ${name}; exit 0' ${name}`).join("; ");
  const env = { AVA_WORKSPACE: newWorkspace(), AVA_PLATFORM_URL: platform.url };
  const command = startAva(
    ["run", "--id", id, ...flags, "--", "sh", "-c", `${traps}; ${first}; while :; do echo tick; sleep 0.05; done`],
    env,
  );
  await waitFor(() => command.stdout().includes("tick"), "the command works");
  await waitFor(async () => (await fetch(`${platform.url}/v1/instances/${id}`)).ok, "the platform knows the run");
  const asked = await runAva(["stop", "not-there", id, "--reason", "enough"], { AVA_PLATFORM_URL: platform.url });
  expect({ exitCode: asked.exitCode, stderr: asked.stderr.toString() }).toEqual({
    exitCode: 1,
    stderr: expect.stringContaining("not-there"),
  });
  const { exitCode, stdout } = await command.result;
  expect({ exitCode, saved: stdout.toString().trim().split("\n").at(-1) }).toEqual({ exitCode: 0, saved: `saved on ${signal}` });
  expect(await detailOf(id)).toMatchObject({ state: "done", end: { stoppedBy: "platform" } });
});

test("an unknown signal for the stop is a usage error, and nothing starts", async () => {
  const result = await run("unknown-signal", "true", ["--stop-signal", "SIGNOPE"]);
  expect({ exitCode: result.exitCode, stderr: result.stderr.toString() }).toEqual({
    exitCode: 2,
    stderr: expect.stringContaining("SIGTERM"),
  });
  expect((await fetch(`${platform.url}/v1/instances/unknown-signal`)).status).toBe(404);
});

test("a disk that stays full to the end: state, cause, drop counts and snapshots that were not stored reach the platform", async () => {
  // A limit of 0 on the size of files stands for the full disk: no byte can be written to any.
  const folder = newWorkspace();
  const files = ["caffemodel", "solverstate"].map((kind) => path.join(folder, `w_iter_5.${kind}`));
  for (const file of files) writeFileSync(file, "weights");
  const lines = [CAFFE, ...files.map((file) => `${CAFFE.replace(/Iteration.*/, "")}Snapshotting to binary proto file ${file}`)];
  const script = `${lines.map((line) => `echo '${line}' >&2`).join("; ")}; echo 'OSError: No space left on device' >&2; exit 5`;
  const command = ["run", "--id", "full", "--training", "t", "--", "sh", "-c", script];
  const limited = [
    "-c",
    'trap "" XFSZ; ulimit -f 0; exec "$@"',
    "sh",
    process.execPath,
    repositoryPath("packages/sdk/bin/ava-sdk.js"),
    ...command,
  ];
  const env = { ...process.env, AVA_WORKSPACE: newWorkspace(), AVA_PLATFORM_URL: platform.url, AVA_STORAGE: `file:${folder}` };
  expect(spawnSync("sh", limited, { env }).status).toBe(5);
  expect(await platform.get("/v1/instances/full")).toMatchObject({
    state: "failed",
    training: "t",
    end: { exitCode: 5, message: "OSError: No space left on device" },
    drops: { points: 1, reason: expect.stringContaining("EFBIG") },
    events: expect.arrayContaining([
      { event: "snapshot", timeNs: expect.any(String), step: 5, file: files.join(" "), message: expect.stringContaining("not stored: ") },
    ]),
  });
});

test("a snapshot that is not stored at the end of the run is named with it", async () => {
  const folder = newWorkspace();
  writeFileSync(path.join(folder, "storage"), "not a folder");
  const file = path.join(folder, "w.pt");
  const flags = ["--snapshot", path.join(folder, "*.pt")];
  await run("unstored", `echo step; echo weights > ${file}; sleep 1`, flags, { AVA_STORAGE: `file:${path.join(folder, "storage")}` });
  const { events } = await platform.get<{ events: { event: string; file?: string; message?: string }[] }>("/v1/instances/unstored");
  expect(events).toContainEqual(expect.objectContaining({ event: "snapshot", file, message: expect.stringContaining("not stored") }));
});
