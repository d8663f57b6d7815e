import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newWorkspace, runAva } from "../processes/ava.js";
import { freePort, PlatformProcess } from "../processes/platform.js";

let platform: PlatformProcess;
let env: Record<string, string>;

beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
  env = { AVA_WORKSPACE: newWorkspace(), AVA_PLATFORM_URL: platform.url };
  const flags = ["--training", "asked", "--metric", "loss (?<loss>\\S+)"];
  await runAva(["run", "--id", "first", ...flags, "--set", "lr=0.1", "--", "sh", "-c", "echo loss 0.5; echo loss nan; exit 4"], env);
  await runAva(["run", "--id", "second", "--", "true"], env);
});

afterAll(() => platform.stop());

async function text(args: string[]): Promise<string> {
  const { stdout, stderr, exitCode } = await runAva(args, env);
  expect([stderr.toString(), exitCode]).toEqual(["", 0]);
  return stdout.toString();
}

test("ls lists instances, newest first, of one training where asked", async () => {
  expect((await text(["ls"])).split("\n").map((line) => line.split("\t")[0])).toEqual(["second", "first", ""]);
  expect(await text(["ls", "--training", "asked"])).toMatch(/^first\tasked\tfailed\t\S+\texit 4: loss nan\n$/);
  expect(JSON.parse(await text(["ls", "--json", "--limit", "1"]))).toMatchObject({ id: "second", state: "done" });
});

test("a training may be named in any language, and is found by its name in any form of Unicode", async () => {
  await runAva(["run", "--id", "cjk", "--training", "图像 分类 e\u0301", "--", "true"], env);
  expect(await text(["ls", "--training", "图像 分类 \u00e9"])).toMatch(/^cjk\t图像 分类 \u00e9\tdone\t/);
  expect(await text(["ls", "--training", "图像 分类 e\u0301"])).toMatch(/^cjk\t/);
});

test("show tells state, params and series", async () => {
  expect(await text(["show", "first"])).toContain('params {"lr": 0.1}\nloss\tcount 2\tlast NaN\tmin 0.5\tmax 0.5\n');
  expect(JSON.parse(await text(["show", "first", "--json"]))).toMatchObject({ id: "first", end: { exitCode: 4 } });
});

test("export writes every point, to standard output or a file", async () => {
  const lines = (await text(["export", "first", "--format", "jsonl"])).trim().split("\n");
  expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
    { name: "loss", step: 0, value: 0.5 },
    { name: "loss", step: 1, value: "NaN" },
  ]);
  const file = path.join(newWorkspace(), "points.csv");
  await text(["export", "first", "-o", file]);
  expect(readFileSync(file, "utf8")).toMatch(/^name,labels,step,epoch,time,value\r?\nloss,/);
  await runAva(["run", "--id", "formula", "--metric", "(?<name>=\\S+) (?<value>\\S+)", "--", "echo", "=1+1 5"], env);
  expect(await text(["export", "formula", "--safe"])).toMatch(/^'=1\+1,,0,/m);
});

test.each([
  ["an unknown instance", ["show", "nobody"], /nobody/],
  ["a platform that is down", ["ls", "--platform", "http://127.0.0.1:9"], /cannot be reached.*--platform/],
])("%s fails with one clear line", async (_, args, message) => {
  const { stderr, exitCode } = await runAva(args, env);
  expect(exitCode).toBe(1);
  expect(stderr.toString()).toMatch(message);
  expect(stderr.toString().trim().split("\n")).toHaveLength(1);
});
