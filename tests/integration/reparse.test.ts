import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { ReparseAnswer, ReparseReading, ReparseSummary } from "ava-protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newWorkspace, runAva, startAva, waitFor } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";

let platform: PlatformProcess;
let env: Record<string, string>;

beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
  env = { AVA_WORKSPACE: newWorkspace(), AVA_PLATFORM_URL: platform.url };
});

afterAll(() => platform.stop());

/** Runs a command under `ava-sdk run`. */
async function record(id: string, flags: string[], command: string): Promise<void> {
  expect((await runAva(["run", "--quiet", "--id", id, ...flags, "--", "sh", "-c", command], env)).exitCode).toBe(0);
}

async function ask<Answer>(route: string, method = "GET", body?: object): Promise<{ status: number; answer: Answer }> {
  const response = await fetch(platform.url + route, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  return { status: response.status, answer: (await response.json()) as Answer };
}

async function points(id: string): Promise<string[]> {
  return (await runAva(["export", id], env)).stdout.toString().trim().split("\n").slice(1);
}

async function reparse(id: string, ...flags: string[]): Promise<ReparseAnswer> {
  const { stdout, stderr, exitCode } = await runAva(["reparse", id, ...flags, "--json"], env);
  expect([stderr.toString(), exitCode]).toEqual(["", 0]);
  return JSON.parse(stdout.toString()) as ReparseAnswer;
}

const ITERATIONS = "for i in 1 2 3; do echo iter=${i}0 err is 0.$i of it; done";

test("a rule is tried on the stored log, then adds its points with steps and times, once, and is undone", async () => {
  await record("past", ["--parser", "none"], `echo start; ${ITERATIONS}`);
  const rule = "iter=(?<step>\\d+) err is (?<err>\\S+)";
  const preview = await reparse("past", "--metric", rule, "--preview");
  expect(preview).toMatchObject({ preview: true, points: 3, known: 0, silentRules: [] });
  expect(preview.series).toMatchObject([
    { name: "err", points: 3, first: { value: 0.1, step: 10, line: 2, offset: 6 }, last: { value: 0.3, step: 30, line: 4 } },
  ]);
  expect(await points("past")).toEqual([]);
  expect(await reparse("past", "--metric", rule)).toMatchObject({ n: 1, preview: false, points: 3 });
  const added = await points("past");
  expect(added.map((line) => line.replace(/,[^,]+Z,/, ","))).toEqual(["err,,10,,0.1", "err,,20,,0.2", "err,,30,,0.3"]);
  const { answer: log } = await ask<{ hits: { timeNs: string }[] }>("/v1/instances/past/logs?search=err&hits=3");
  const timesNs = preview.series[0]!.first.timeNs;
  expect(log.hits[0]?.timeNs).toBe(timesNs);
  const again = await reparse("past", "--metric", rule);
  expect([again.n, again.points, again.known]).toEqual([undefined, 0, 3]);
  const { answer: list } = await ask<{ reparses: ReparseSummary[] }>("/v1/instances/past/reparse");
  expect(list.reparses).toMatchObject([{ n: 1, state: "done", rules: [rule], points: 3, series: [{ name: "err", points: 3 }] }]);
  const undone = await runAva(["reparse", "past", "--undo"], env);
  expect(undone.stdout.toString()).toBe("reparse 1 undone: 3 points removed\n");
  expect(await points("past")).toEqual([]);
  expect((await ask<{ series: unknown[]; state: string }>("/v1/instances/past")).answer).toMatchObject({ series: [], state: "done" });
});

test("a corrected rule adds its values beside those of the wrong one, which are counted, until the name is another", async () => {
  await record("wrong", ["--parser", "none", "--metric", "err is (?<err>\\d)"], ITERATIONS);
  const preview = await reparse(
    "wrong",
    "--metric",
    "err is (?<err>\\S+)",
    "--metric",
    "iter=(?<step>\\d+) err is (?<right>\\S+)",
    "--preview",
  );
  expect(preview.series.map(({ name, points: count, known, others }) => [name, count, known, others])).toEqual([
    ["err", 3, 0, 3],
    ["right", 3, 0, 0],
  ]);
});

test("what the run recorded itself is not doubled; what it lacks is added and undone, and its own points stay", async () => {
  const file = path.join(newWorkspace(), "rules.json");
  writeFileSync(file, JSON.stringify({ rules: ["(?<step>\\d+) err is (?<err>\\S+)", "acc (?<acc>\\S+)"] }));
  await record("live", ["--parser", "none", "--metric", "iter=(?<step>[12]0) err is (?<err>\\S+)"], ITERATIONS);
  const before = await points("live");
  const answer = await reparse("live", "--rules", file);
  expect(answer).toMatchObject({ n: 1, points: 1, known: 2, silentRules: ["acc (?<acc>\\S+)"] });
  expect((await points("live")).length).toBe(3);
  expect((await reparse("live", "--undo", "1")) as unknown).toMatchObject({ n: 1, state: "undone" });
  expect(await points("live")).toEqual(before);
});

test("steps are those of the run: a rule without counters stands where the bar before it stood, and with a parser its values come, too", async () => {
  const bars = [1, 2].map((epoch) => `echo Epoch ${epoch}/2; echo '100/100 - loss: 0.${epoch}'; echo 'epoch ${epoch} score=${epoch}'`);
  await record("bars", ["--parser", "none"], bars.join(";"));
  const rule = "epoch (?<epoch>\\d) score=(?<score>\\d)";
  await record("reference", ["--metric", rule], bars.join(";"));
  await reparse("bars", "--metric", rule);
  const withoutTimes = (lines: string[]): string[] => lines.map((line) => line.replace(/,[^,]+Z,/, ","));
  const reference = withoutTimes(await points("reference"));
  expect(withoutTimes(await points("bars"))).toEqual(reference.filter((line) => line.startsWith("score,")));
  await reparse("bars", "--parser", "auto");
  expect(withoutTimes(await points("bars")).sort()).toEqual(reference.sort());
});

test("what a run without parsers recorded is not doubled by those that read along", async () => {
  const bars = [1, 2].map((epoch) => `echo '${epoch}00/300 - loss: 0.${epoch}'; echo 'epoch ${epoch} score=${epoch}'`);
  const rule = "epoch (?<epoch>\\d) score=(?<score>\\d)";
  await record("alone", ["--parser", "none", "--metric", rule], bars.join(";"));
  const answer = await reparse("alone", "--metric", rule);
  expect(answer).toMatchObject({ points: 0, known: 2 });
  // The run counted 0 and 1.
  expect(answer.series[0]!.first.step).toBeGreaterThan(1);
});

test("a run that goes on is read as far as it has come, and goes on; reading it again adds what has come since", async () => {
  const script = "echo a=1; while [ ! -e go ]; do sleep 0.05; done; echo a=2";
  const folder = newWorkspace();
  const run = startAva(["run", "--quiet", "--id", "going", "--parser", "none", "--", "sh", "-c", script], env, folder);
  await waitFor(async () => (await ask<{ logBytes?: number }>("/v1/instances/going")).answer.logBytes === 4, "the log of the run is there");
  expect(await reparse("going", "--metric", "a=(?<a>\\d)")).toMatchObject({ n: 1, points: 1 });
  writeFileSync(path.join(folder, "go"), "");
  await run.result;
  expect(await reparse("going", "--metric", "a=(?<a>\\d)")).toMatchObject({ n: 2, points: 1, known: 1 });
  expect((await ask<{ state: string }>("/v1/instances/going")).answer.state).toBe("done");
});

test("streams are read each by itself, and points of a rank have its label", async () => {
  const program = "printf 'd=1\nd='; printf 'noise' >&2; sleep 0.1; printf '2\n'";
  for (const rank of ["0", "1"]) {
    const ranked = { ...env, RANK: rank, WORLD_SIZE: "2" };
    await runAva(["run", "--quiet", "--id", "ranks", "--parser", "none", "--", "sh", "-c", program], ranked);
  }
  const { series } = await reparse("ranks", "--metric", "^d=(?<d>\\d)");
  const seen = series.map(({ labels, points: count, last }) => [labels["rank"], count, last.step, last.value]);
  expect(seen.sort()).toEqual([
    ["0", 2, 1, 2],
    ["1", 2, 1, 2],
  ]);
});

test("how far a long log is read is painted on a terminal, and told to who asks", async () => {
  await record("long", ["--parser", "none"], "yes 'step 1 loss 0.5 of it' | head -c 30000000");
  const route = "/v1/instances/long/reparse";
  const preview = ask(route, "POST", { rules: ["took (?<took>\\d+)"], preview: true });
  const reading = async () => (await ask<{ reading: ReparseReading[] }>(route)).answer.reading;
  await waitFor(async () => ((await reading())[0]?.readBytes ?? 0) > 0, "some of the log is read");
  const [{ readBytes, ...rest }] = (await reading()) as [ReparseReading];
  expect(rest).toEqual({ preview: true, logBytes: 30_000_000 });
  expect(readBytes).toBeLessThanOrEqual(30_000_000);
  await preview;
  expect(await reading()).toEqual([]);
  const terminal = "import pty, sys; pty.spawn(sys.argv[1:])";
  const args = ["-c", terminal, process.execPath, repositoryPath("packages/sdk/bin/ava-sdk.js"), "reparse", "long", "--preview"];
  const painted = spawnSync("python3", [...args, "--metric", "took (?<took>\\d+)"], {
    env: { ...process.env, ...env },
    encoding: "utf8",
    input: "",
  });
  expect(painted.stdout).toMatch(/\r\u001b\[2K[\d.]+ MiB of 28\.6 MiB \(\d+ %\), [\d.]+ \w+\/s/);
});

test("rules that are wrong, or take too long, are refused with the rule, and nothing is added; the platform answers meanwhile", async () => {
  await record("slow", ["--parser", "none"], "echo b=1; echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
  const slow = ask<{ error: { code: string; message: string } }>("/v1/instances/slow/reparse", "POST", {
    rules: ["b=(?<b>\\d)", "^(?<bad>(x+x+)+)y"],
  });
  expect((await ask("/healthz")).status).toBe(200);
  const { status, answer } = await slow;
  expect([status, answer.error.code]).toEqual([400, "bad_request"]);
  expect(answer.error.message).toMatch(/^--metric \^\(\?<bad>.* was stopped at line 2 of the log \(byte 4\)/);
  expect(await points("slow")).toEqual([]);
  const refused = await ask<{ error: { message: string } }>("/v1/instances/slow/reparse", "POST", { rules: ["("] });
  expect([refused.status, refused.answer.error.message]).toEqual([400, expect.stringContaining('"(" is not a regex')]);
  expect((await ask("/v1/instances/none/reparse", "POST", { rules: ["b=(?<b>\\d)"] })).status).toBe(404);
  expect((await ask("/v1/instances/slow/reparse", "POST", {})).status).toBe(400);
  expect((await ask("/v1/instances/slow/reparse/7", "DELETE")).status).toBe(404);
  await ask("/v1/instances/slow", "DELETE");
  const deleted = await runAva(["reparse", "slow", "--metric", "b=(?<b>\\d)"], env);
  expect([deleted.exitCode, deleted.stderr.toString()]).toEqual([1, expect.stringContaining("slow was deleted")]);
  for (const flags of [[], ["--metric", "("], ["--undo", "--metric", "a"], ["--undo", "x"]])
    expect((await runAva(["reparse", "slow", ...flags], env)).exitCode).toBe(2);
});
