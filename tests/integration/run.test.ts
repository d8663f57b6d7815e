import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newWorkspace, runAva, startAva, waitFor } from "../processes/ava.js";
import { caffeLog } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";

let platform: PlatformProcess;
let env: Record<string, string>;

beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
  env = { AVA_WORKSPACE: newWorkspace(), AVA_PLATFORM_URL: platform.url };
});

afterAll(() => platform.stop());

interface Detail {
  state: string;
  training: string;
  params: unknown;
  end: { exitCode?: number; signal?: string; message?: string; stoppedBy?: string };
  logBytes: number;
}

const NOISE = "process.stdout.write(Buffer.from([0,255,13,10,27,91,49,109])); process.stderr.write('e1\\r\\ne2'); process.exitCode = 42;";

describe("output and exit code pass through unchanged", () => {
  test.each([
    ["platform up", () => env],
    ["platform down", () => ({ ...env, AVA_PLATFORM_URL: "http://127.0.0.1:9" })],
  ])("%s", async (_, environment) => {
    const result = await runAva(["run", "--quiet", "--", process.execPath, "-e", NOISE], environment());
    expect(result.exitCode).toBe(42);
    expect(result.stdout).toEqual(Buffer.from([0, 255, 13, 10, 27, 91, 49, 109]));
    expect(result.stderr.toString()).toBe("e1\r\ne2");
  });

  test.each([
    ["answers 500", 500, '{"error":{"code":"internal","message":"no"}}', 0],
    ["answers garbage", 200, "<html>hello", 0],
    ["answers a proxy's 400", 400, "<html>bad request", 0],
    ["never answers", 200, "", 60_000],
  ])("a platform that %s", async (_, status, body, delayMs) => {
    const server = createServer((request, answer) => {
      request.resume();
      setTimeout(() => answer.writeHead(status).end(body), delayMs).unref();
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    const { port } = server.address() as AddressInfo;
    const workspace = newWorkspace();
    const result = await runAva(["run", "--quiet", "--id", "kept", "--", "sh", "-c", "echo out; echo err >&2; exit 3"], {
      AVA_WORKSPACE: workspace,
      AVA_PLATFORM_URL: `http://127.0.0.1:${port}`,
    });
    server.closeAllConnections();
    server.close();
    expect({ ...result, stdout: result.stdout.toString(), stderr: result.stderr.toString() }).toEqual({
      exitCode: 3,
      signal: null,
      stdout: "out\n",
      stderr: "err\n",
    });
    const synced = await runAva(["sync", "--json", path.join(workspace, "run/kept")], env);
    expect(JSON.parse(synced.stdout.toString())).toMatchObject({ instance: "kept", isComplete: true, isLive: false });
  });

  test("a child that opens /dev/stdout anew finds a pipe there", async () => {
    const result = await runAva(["run", "--quiet", "--", "sh", "-c", "echo out > /dev/stdout; echo err > /dev/stderr"], env);
    expect([result.stdout.toString(), result.stderr.toString(), result.exitCode]).toEqual(["out\n", "err\n", 0]);
  });

  test("many megabytes arrive whole through a slow reader", async () => {
    const run = startAva(
      ["run", "--parser", "none", "--", process.execPath, "-e", "process.stdout.write(Buffer.alloc(30e6, 'abcdefg\\n'))"],
      env,
    );
    run.child.stdout?.pause();
    await new Promise((resolve) => {
      setTimeout(resolve, 300);
    });
    run.child.stdout?.resume();
    const { stdout, exitCode } = await run.result;
    expect(exitCode).toBe(0);
    expect(stdout.equals(Buffer.alloc(30e6, "abcdefg\n"))).toBe(true);
  });

  test("a daemon that the child leaves behind does not keep us", async () => {
    const result = await runAva(["run", "--", "sh", "-c", "sleep 30 & echo started; exit 5"], env);
    expect([result.stdout.toString(), result.exitCode]).toEqual(["started\n", 5]);
  });
});

test("a run has a display name, in one form of Unicode; joined without one it keeps it", async () => {
  await runAva(["run", "--id", "named", "--training", "图像 分类", "--name", "基线 A/B cafe\u0301", "--", "true"], env);
  await runAva(["run", "--id", "named", "--", "true"], env);
  const named = await platform.get<Detail & { name: string }>("/v1/instances/named");
  expect([named.training, named.name]).toEqual(["图像 分类", "基线 A/B caf\u00e9"]);
});

test("a run that is joined again, and resumes with a later epoch, goes on with its epochs and steps", async () => {
  const train = (text: string): Promise<unknown> => runAva(["run", "--id", "resumed", "--", "sh", "-c", `printf '${text}'`], env);
  await train("Epoch 1/4, batch 10/10, loss 0.9\\nEpoch 2/4, batch 10/10, loss 0.8\\n");
  await train("Epoch 3/4, batch 10/10, loss 0.7\\nEpoch 4/4, batch 10/10, loss 0.6\\n");
  const { points } = await platform.get<{ points: { step: number; epoch: number; value: number }[] }>(
    "/v1/instances/resumed/points?name=loss",
  );
  expect(points.map(({ step, epoch, value }) => [step, epoch, value])).toEqual([
    [10, 0, 0.9],
    [20, 1, 0.8],
    [30, 2, 0.7],
    [40, 3, 0.6],
  ]);
});

describe("ends", () => {
  test("by exit code, with the last words of a failure", async () => {
    await runAva(
      ["run", "--id", "exit-1", "--training", "ends", "--", "sh", "-c", "echo fine; echo 'ValueError: bad shape' >&2; exit 1"],
      env,
    );
    expect(await platform.get<Detail>("/v1/instances/exit-1")).toMatchObject({
      state: "failed",
      training: "ends",
      end: { exitCode: 1, message: "ValueError: bad shape", stoppedBy: "self" },
    });
  });

  test("by a FATAL line of Caffe", async () => {
    const file = caffeLog("fail-missing-data");
    const result = await runAva(["run", "--id", "fatal", "--parser", "caffe", "--", "sh", "-c", `cat ${file} >&2; kill -ABRT $$`], env);
    expect(result.exitCode).toBe(134);
    const { state, end } = await platform.get<Detail>("/v1/instances/fatal");
    expect([state, end.exitCode, end.signal]).toEqual(["failed", 134, "SIGABRT"]);
    expect(end.message).toContain("Check failed: mdb_status == 0 (2 vs. 0) No such file or directory");
  });

  test("by a signal that we forward, with the child's own exit code", async () => {
    const program =
      "process.on('SIGTERM', () => { console.log('saved'); process.exit(7); }); console.log('ready'); setInterval(() => {}, 1000);";
    const run = startAva(["run", "--id", "term", "--", process.execPath, "-e", program], env);
    await waitFor(() => run.stdout().includes("ready"), "the child is ready");
    run.child.kill("SIGTERM");
    const result = await run.result;
    expect([result.stdout.toString(), result.exitCode]).toEqual(["ready\nsaved\n", 7]);
    expect((await platform.get<Detail>("/v1/instances/term")).end).toMatchObject({ exitCode: 7, stoppedBy: "signal" });
  });

  test("by a hard kill when the grace is over", async () => {
    const program = "process.on('SIGINT', () => {}); console.log('ready'); setInterval(() => {}, 1000);";
    const run = startAva(["run", "--id", "grace", "--grace", "0.2", "--", process.execPath, "-e", program], env);
    await waitFor(() => run.stdout().includes("ready"), "the child is ready");
    run.child.kill("SIGINT");
    expect((await run.result).exitCode).toBe(137);
    expect((await platform.get<Detail>("/v1/instances/grace")).end).toMatchObject({ exitCode: 137, signal: "SIGKILL", stoppedBy: "grace" });
  });

  test("by a stop that was asked for on the platform", async () => {
    const run = startAva(["run", "--id", "asked", "--", "sh", "-c", "echo ready; while :; do echo tick; sleep 0.05; done"], env);
    await waitFor(() => run.stdout().includes("tick"), "the child works");
    await waitFor(async () => (await fetch(`${platform.url}/v1/instances/asked`)).ok, "the platform knows the run");
    await fetch(`${platform.url}/v1/instances/asked/stop`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"reason":"enough"}',
    });
    expect((await run.result).exitCode).toBe(143);
    expect((await platform.get<Detail>("/v1/instances/asked")).end).toMatchObject({ signal: "SIGTERM", stoppedBy: "platform" });
  });
});

test("rules of the user win on their lines; one that has read nothing is told at the end, and shown with the run", async () => {
  const rules = path.join(newWorkspace(), "rules.json");
  writeFileSync(rules, JSON.stringify({ rules: ["^(?<phase>\\w+) #(?<step>\\d+) .*?(?<loss>[\\d.]+)$", "absent=(?<absent>\\d)"] }));
  const program = "echo 'Epoch 1/2 loss: 0.9'; echo 'train #3 loss: 0.5' >&2; echo 'val #3 loss: 0.25' >&2";
  const flags = ["--id", "ruled", "--rules", rules, "--metric", "never (?<x>\\d)"];
  const { stderr } = await runAva(["run", "--quiet", ...flags, "--", "sh", "-c", program], env);
  const points = (await platform.pointsOf("ruled")).filter(({ name }) => !name.startsWith("system/"));
  expect(points.map(({ name, step, value }) => [name, step, value]).toSorted()).toEqual([
    ["loss", 0, 0.9],
    ["train/loss", 3, 0.5],
    ["val/loss", 3, 0.25],
  ]);
  const silent = ["never (?<x>\\d)", "absent=(?<absent>\\d)"].map(
    (rule) => `--metric ${rule} has read nothing: no line matched it, or no match had a number`,
  );
  const ours = stderr
    .toString()
    .split("\n")
    .filter((line) => line.startsWith("ava-sdk: "));
  expect(ours).toEqual(silent.map((message) => `ava-sdk: ${message}`));
  const { events } = await platform.get<{ events: { event: string; message?: string }[] }>("/v1/instances/ruled");
  expect(events.filter(({ event }) => event === "notice").map(({ message }) => message)).toEqual(silent);
});

test("a rule that takes too long is told, and shown with the run", async () => {
  const program = `echo ${"a".repeat(60)}c; echo 'step 3 loss: 0.5'`;
  const { stderr } = await runAva(["run", "--quiet", "--id", "slow-rule", "--metric", "(?<e>(a+)+)$b", "--", "sh", "-c", program], env);
  const message = "parser --metric (?<e>(a+)+)$b is off from line 1 on: took more than 250 ms for one line";
  expect(stderr.toString()).toContain(`ava-sdk: ${message}\n`);
  const { events } = await platform.get<{ events: { event: string; message?: string }[] }>("/v1/instances/slow-rule");
  expect(events.filter(({ event }) => event === "notice").map((one) => one.message)).toEqual([message]);
});

describe("bad input gets one clear message", () => {
  const bad = path.join(newWorkspace(), "bad.json");
  writeFileSync(bad, "{not json");
  const rules = path.join(newWorkspace(), "rules.json");
  writeFileSync(rules, '["(?<a>a)", "(b"]');
  const unread = newWorkspace();
  mkdirSync(path.join(unread, "params"));
  writeFileSync(path.join(unread, "params/default.json"), Buffer.from([0x7b, 0x22, 0xd6, 0xd0, 0x22, 0x3a, 0x31, 0x7d]));
  test.each([
    ["an unknown parser", ["--parser", "cafe"], /did you mean caffe/],
    ["a malformed regex", ["--metric", "(?<loss>\\d+"], /is not a regex: Unterminated group\n {2}\(\?<loss>\\d\+\n {2}\^$/m],
    ["a malformed regex in a file", ["--rules", rules], /rules\.json, rule 2: "\(b" is not a regex/],
    ["a missing rules file", ["--rules", "/nowhere.json"], /no such file/],
    ["a list of parsers with a wrong one", ["--parser", "caffe,kerass"], /did you mean keras/],
    ["a malformed params file", ["--params", bad], /bad\.json.*JSON/],
    ["a missing params file", ["--params", "/nowhere.json"], /no such file/],
    ["a --set without =", ["--set", "lr"], /key=value/],
    ["a --set of params that are GBK", ["--workspace", unread, "--set", "lr=1"], /default\.json.*UTF-8/],
    ["a wrong id", ["--id", "a/b"], /"a\/b" is not an instance id/],
    ["a display name of two lines", ["--name", "a\nb"], /the display name "a\\nb" has a control character in it/],
    ["a wrong platform", ["--platform", "ftp://x"], /http/],
    ["a wrong grace", ["--grace", "-1"], /seconds/],
    ["an unknown flag", ["--no-such-flag"], /unknown option/],
  ])("%s, and nothing starts", async (_, flags, message) => {
    const marker = path.join(newWorkspace(), "started");
    const result = await runAva(["run", ...flags, "--", "touch", marker], env);
    expect(result.exitCode).toBe(2);
    expect(result.stderr.toString()).toMatch(message);
    // But for the place in a regex, which is shown below.
    expect(
      result.stderr
        .toString()
        .trim()
        .split(/\n(?! {2})/),
    ).toHaveLength(1);
    expect(existsSync(marker)).toBe(false);
  });

  test.each([
    ["not found", "no-such-command-here", 127],
    ["not executable", "/etc/passwd", 126],
  ])("a command that is %s", async (_, command, exitCode) => {
    const result = await runAva(["run", "--id", `start-${exitCode}`, "--", command], env);
    expect(result.exitCode).toBe(exitCode);
    expect(result.stderr.toString()).toContain(command);
    expect((await platform.get<Detail>(`/v1/instances/start-${exitCode}`)).state).toBe("failed");
  });

  test("an unwritable workspace: the training runs and is recorded elsewhere", async () => {
    const result = await runAva(["run", "--id", "elsewhere", "--workspace", "/proc/nowhere", "--", "echo", "trained"], env);
    expect([result.stdout.toString(), result.exitCode]).toEqual(["trained\n", 0]);
    expect(result.stderr.toString()).toMatch(/\/proc\/nowhere cannot be written.*AVA_WORKSPACE/);
    expect((await platform.get<Detail>("/v1/instances/elsewhere")).state).toBe("done");
  });
});

describe("params", () => {
  test("of --params and --set are the instance's, and what a child reads", async () => {
    const file = path.join(newWorkspace(), "params.json");
    writeFileSync(file, '{"solver": {"lr": 0.1, "type": "SGD"}}');
    const flags = ["--params", file, "--set", "solver.lr=0.01", "--set", "name=plain text", "--set", "steps=[1,2]"];
    const child = [
      "sh",
      "-c",
      `"$0" "$1" params get solver.lr; "$0" "$1" params get steps.1`,
      process.execPath,
      "packages/sdk/bin/ava-sdk.js",
    ];
    const result = await runAva(["run", "--id", "params", ...flags, "--", ...child], env);
    expect(result.stdout.toString()).toBe("0.01\n2\n");
    const { params } = await platform.get<Detail>("/v1/instances/params");
    expect(params).toEqual({ solver: { lr: 0.01, type: "SGD" }, name: "plain text", steps: [1, 2] });
  });

  test("without flags are those of the workspace", async () => {
    const workspace = newWorkspace();
    mkdirSync(path.join(workspace, "params"));
    writeFileSync(path.join(workspace, "params/default.json"), '{"k1": "v1"}');
    await runAva(["run", "--id", "default-params", "--workspace", workspace, "--", "true"], env);
    expect((await platform.get<Detail>("/v1/instances/default-params")).params).toEqual({ k1: "v1" });
  });
});

test.each([
  ["exits", "exit 0"],
  ["gave up", "exit 3"],
  ["was killed", "kill -KILL $$"],
])("the last word of a last line without an end is kept in the log and not read as a metric, for a command that %s", async (how, end) => {
  const id = `last-${how.length}`;
  await runAva(["run", "--id", id, "--metric", "loss (?<loss>\\S+)", "--", "sh", "-c", `echo loss 0.5; printf 'loss 0.25'; ${end}`], env);
  expect((await platform.pointsOf(id)).map(({ value }) => value)).toEqual([0.5]);
  expect(await platform.logOf(id)).toBe("loss 0.5\nloss 0.25");
});

test("everything acknowledged leaves no journal behind", async () => {
  const workspace = newWorkspace();
  await runAva(["run", "--id", "clean", "--workspace", workspace, "--", "cat", caffeLog("lenet-plain")], env);
  expect(readdirSync(path.join(workspace, "run/clean/journal"))).toEqual([]);
  expect(await platform.logOf("clean")).toBe(readFileSync(caffeLog("lenet-plain"), "utf8"));
});

test("a run whose platform comes late is seen live, and a sync beside it doubles nothing", async () => {
  const late = new PlatformProcess(await freePort());
  const workspace = newWorkspace();
  const lateEnv = { AVA_WORKSPACE: workspace, AVA_PLATFORM_URL: late.url };
  const program =
    "let i = 0; const t = setInterval(() => { console.log('Iteration', i++); }, 5); process.on('SIGTERM', () => { clearInterval(t); });";
  const run = startAva(["run", "--id", "late", "--metric", "Iteration (?<i>\\d+)", "--", process.execPath, "-e", program], lateEnv);
  await waitFor(() => run.stdout().includes("Iteration 50"), "the run works");
  await late.start();
  const synced = await runAva(["sync", "--json"], lateEnv);
  expect(JSON.parse(synced.stdout.toString())).toMatchObject({ instance: "late", isLive: true, isComplete: true });
  expect(await late.logOf("late")).toContain("Iteration 50");
  run.child.kill("SIGTERM");
  const { stdout } = await run.result;
  await runAva(["sync"], lateEnv);
  expect(await late.logOf("late")).toBe(stdout.toString());
  // On a busy machine it lasts long enough for figures of the machine.
  const points = (await late.pointsOf("late")).filter(({ name }) => name === "i");
  expect(points.map(({ value }) => value)).toEqual(Array.from({ length: points.length }, (_, i) => i));
  expect(stdout.toString().trim().split("\n")).toHaveLength(points.length);
  await late.stop();
});
