import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newWorkspace, runAva } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";

let platform: PlatformProcess;
let env: Record<string, string>;

beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
  env = { AVA_WORKSPACE: newWorkspace(), AVA_PLATFORM_URL: platform.url };
  const flags = ["--training", "asked", "--metric", "loss (?<loss>\\S+)"];
  await runAva(["run", "--id", "first", ...flags, "--set", "lr=0.1", "--", "sh", "-c", "echo loss 0.5; echo loss nan; exit 4"], env);
  await runAva(["run", "--id", "second", "--name", "second try", "--", "true"], env);
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
  expect((await text(["ls", "--limit", "1"])).trimEnd().split("\t").slice(3)).toEqual([expect.any(String), "", "second try"]);
  expect(JSON.parse(await text(["ls", "--json", "--limit", "1"]))).toMatchObject({ id: "second", state: "done" });
});

test("ls takes a filter, columns and a sort; a bad filter is told with its place", async () => {
  const filter = ["ls", "--filter", "params.lr=0.10 and min:loss<1"];
  expect(await text([...filter, "--columns", "state,params.lr,last:loss,count:`loss`,note"])).toBe("first\tfailed\t0.1\tNaN\t2\t-\n");
  expect(JSON.parse(await text([...filter, "--columns", "params.lr", "--json"]))).toMatchObject({
    id: "first",
    values: { "params.lr": 0.1 },
  });
  expect((await text(["ls", "--sort", "-min:loss", "--limit", "1"])).startsWith("first\t")).toBe(true);
  const odd = await runAva(["ls", "--columns", "params.lrr,params.lr,max:lossy,stopTime"], env);
  expect([odd.exitCode, odd.stderr.toString()]).toEqual([0, "ava-sdk: none of these instances has params.lrr, max:lossy\n"]);
  const bad = await runAva(["ls", "--filter", "lr=0.1"], env);
  expect(bad.exitCode).toBe(1);
  expect(bad.stderr.toString()).toContain('at character 1: "lr" is not a field');
});

test("ls prints a table in CSV, of all instances, also with what there was at the best of a metric", async () => {
  const table = ["ls", "--csv", "--training", "asked", "--columns", "params.lr,at:step@min:loss,at:loss@min:loss"];
  const head = "id,training,name,state,params.lr,at:step@min:loss,at:loss@min:loss\n";
  expect(await text(table)).toBe(`${head}first,asked,,failed,0.1,0,0.5\n`);
  expect((await text(["ls", "--csv", "--sort", "id"])).split("\n").map((line) => line.split(",")[0])).toEqual([
    "id",
    "first",
    "second",
    "",
  ]);
  expect((await text(["ls", "--csv", "--limit", "1"])).split("\n")).toHaveLength(3);
  expect(await text(["ls", "--columns", "at:loss@min:loss", "--training", "asked"])).toBe("first\t0.5\n");
  expect((await runAva(["ls", "--csv", "--json"], env)).exitCode).toBe(2);
});

test("ls groups by params, with mean and deviation of metrics, and lists as a saved view says", async () => {
  for (const [id, lr, loss] of [
    ["g1", "0.01", 1],
    ["g2", "0.010", 3],
    ["g3", "1", 5],
  ] as const) {
    await runAva(
      ["run", "--id", id, "--training", "grouped", "--metric", "loss (?<loss>\\S+)", "--set", `lr=${lr}`, "--", "echo", `loss ${loss}`],
      env,
    );
  }
  const grouped = ["ls", "--training", "grouped", "--group", "params.lr", "--columns", "last:loss"];
  expect(await text(grouped)).toBe(`0.01\t2\t2\t${Math.SQRT2}\n1\t1\t5\t-\n`);
  expect(JSON.parse(await text([...grouped, "--limit", "1", "--json"]))).toMatchObject({ count: 2, filter: "params.lr=0.01" });
  const view = { training: "grouped", filter: "last:loss<4", columns: "last:loss", sort: "-last:loss" };
  const put = { method: "PUT", headers: { "content-type": "application/json" }, body: JSON.stringify(view) };
  expect((await fetch(`${platform.url}/v1/views/${encodeURIComponent("低 loss")}`, put)).status).toBe(200);
  expect(await text(["ls", "--view", "低 loss"])).toBe("g2\t3\ng1\t1\n");
  expect(await text(["ls", "--view", "低 loss", "--filter", "params.lr=0.01 and last:loss<2", "--columns", "state"])).toBe("g1\tdone\n");
  const saved = [
    "views",
    "save",
    "good",
    "--training",
    "grouped",
    "--filter",
    "last:loss<4",
    "--group",
    "params.lr",
    "--columns",
    "last:loss",
  ];
  expect(await text(saved)).toBe("good\tgrouped\tlast:loss<4\t-\tlast:loss\tparams.lr\n");
  expect(await text(["ls", "--view", "good"])).toBe(`0.01\t2\t2\t${Math.SQRT2}\n`);
  expect(await text(["views", "ls"])).toBe(`${await text(saved)}低 loss\tgrouped\tlast:loss<4\t-last:loss\tlast:loss\t-\n`);
  expect(await text(["views", "rm", "good"])).toBe("good is deleted\n");
  const wrong = await runAva(["views", "save", "wrong", "--filter", "lr="], env);
  expect([wrong.exitCode, wrong.stderr.toString()]).toEqual([1, expect.stringContaining('filter "lr="')]);
  const absent = await runAva(["ls", "--view", "none"], env);
  expect([absent.exitCode, absent.stderr.toString()]).toEqual([1, expect.stringContaining("There is no view none.")]);
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

test("show tells tags and the note", async () => {
  const facts = {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ tags: ["good", "base line"], note: "one\ntwo" }),
  };
  await fetch(`${platform.url}/v1/instances/second`, facts);
  expect(await text(["show", "second"])).toContain("\ntag good\ntag base line\nnote one two\nparams ");
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

test("export of a training writes the points of all its instances; a file is replaced only by a whole one", async () => {
  await runAva(["run", "--id", "third", "--training", "asked", "--metric", "loss (?<loss>\\S+)", "--", "echo", "loss 7"], env);
  const folder = newWorkspace();
  const file = path.join(folder, "points.csv");
  await text(["export", "--training", "asked", "-o", file]);
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  expect(lines.map((line) => line.split(",").slice(0, 2).join())).toEqual(["instance,name", "first,loss", "first,loss", "third,loss"]);
  expect((await runAva(["export", "nobody", "-o", file], env)).exitCode).toBe(1);
  expect(readFileSync(file, "utf8").trimEnd().split("\n")).toEqual(lines);
  expect(await text(["export", "first", "-o", "/dev/stdout"])).toBe(await text(["export", "first"]));
});

test("an export whose answer is cut off fails, and leaves what was there", async () => {
  const server = createServer((_, response) => {
    response.write("name,labels,step,epoch,time,value\n");
    setImmediate(() => response.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const folder = newWorkspace();
  const file = path.join(folder, "points.csv");
  writeFileSync(file, "before");
  const { port } = server.address() as { port: number };
  const { exitCode, stderr } = await runAva(["export", "first", "-o", file, "--platform", `http://127.0.0.1:${port}`], env);
  server.close();
  expect([exitCode, stderr.toString()]).toEqual([1, "ava-sdk: the platform's answer ended before the last point; export again\n"]);
  expect(readFileSync(file, "utf8")).toBe("before");
  expect(readdirSync(folder)).toEqual(["points.csv"]);
});

test("parquet is not written to a terminal; a pipe and a file get it", async () => {
  const program = "import os, pty, sys; status = pty.spawn(sys.argv[1:]); sys.exit(os.waitstatus_to_exitcode(status))";
  for (const output of [[], ["-o", "-"], ["-o", "/dev/stdout"]]) {
    const ava = repositoryPath("packages/sdk/bin/ava-sdk.js");
    const args = ["-c", program, process.execPath, ava, "export", "first", "--format", "parquet", ...output];
    const { status, stdout } = spawnSync("python3", args, { env: { ...process.env, ...env }, encoding: "utf8", input: "" });
    expect([status, stdout]).toEqual([2, expect.stringMatching(/^ava-sdk: parquet is binary .* -o FILE\r\n$/)]);
  }
  expect(await text(["export", "first", "--format", "parquet", "-o", "-"])).toMatch(/^PAR1.*PAR1$/s);
});

test.each([
  ["neither an instance nor a training", []],
  ["both", ["first", "--training", "asked"]],
])("export of %s is a wrong command line", async (_, args) => {
  const { stderr, exitCode } = await runAva(["export", ...args], env);
  expect([exitCode, stderr.toString()]).toEqual([2, "ava-sdk: name an instance, or a training with --training NAME\n"]);
});

test.each([
  ["an unknown instance", ["show", "nobody"], /nobody/],
  ["an unknown training", ["export", "--training", "nothing"], /There is no training nothing/],
  ["a file that cannot be written", ["export", "first", "-o", "/nowhere/points.csv"], /can't write \/nowhere\/points.csv/],
  ["a full disk", ["export", "first", "-o", "/dev/full"], /can't write \/dev\/full \(ENOSPC\)/],
  ["a platform that is down", ["ls", "--platform", "http://127.0.0.1:9"], /cannot be reached.*--platform/],
])("%s fails with one clear line", async (_, args, message) => {
  const { stderr, exitCode } = await runAva(args, env);
  expect(exitCode).toBe(1);
  expect(stderr.toString()).toMatch(message);
  expect(stderr.toString().trim().split("\n")).toHaveLength(1);
});

test.each([
  ["the newest instances", "ls"],
  ["points", "export first"],
  ["metrics", "parse <(echo loss 0.5)"],
])("%s for a reader that goes away, and onto a full disk", (_, args) => {
  const script = `"$AVA" ${args} | true; echo "\${PIPESTATUS[0]}"; "$AVA" ${args} > /dev/full; echo $?`;
  const AVA = repositoryPath("packages/sdk/bin/ava-sdk.js");
  const { stdout, stderr } = spawnSync("bash", ["-c", script], { env: { ...process.env, ...env, AVA }, encoding: "utf8" });
  expect([stdout, stderr]).toEqual(["0\n1\n", "ava-sdk: can't write standard output (ENOSPC)\n"]);
});
