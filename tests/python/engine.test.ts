import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { newWorkspace } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";

// Away from the repository, so that no node_modules is above it.
const folder = mkdtempSync(path.join(tmpdir(), "ava-engine-"));
const entry = path.join(folder, "ava-sdk.mjs");
cpSync(repositoryPath("python/ava/engine"), folder, { recursive: true });
afterAll(() => rmSync(folder, { recursive: true }));

function engine(args: string[], env: Record<string, string> = {}, flags: string[] = []) {
  const { PATH = "" } = process.env;
  const workspace = newWorkspace();
  const surroundings = { PATH, AVA_WORKSPACE: workspace, AVA_PLATFORM_URL: "http://127.0.0.1:9", ...env };
  const options = { env: surroundings, cwd: workspace, encoding: "utf8" } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, entry, ...args], options);
  return { status, stdout, stderr };
}

test("the engine runs without node_modules, packs a model, and passes the exit code of a command on", () => {
  const storage = mkdtempSync(path.join(tmpdir(), "ava-storage-"));
  const command = ["run", "--snapshot", "out/*.pt", "--", "sh", "-c", "mkdir out && echo weights > out/1.pt && exit 3"];
  expect(engine(command, { AVA_STORAGE: `file:${storage}` }).status).toBe(3);
  const stored = readdirSync(storage, { recursive: true }).map(String);
  expect(stored.filter((file) => file.endsWith(".tar.gz"))).toHaveLength(1);
});

test("an old Node.js is told what is needed, in one line", () => {
  const preload = path.join(folder, "old.cjs");
  writeFileSync(preload, `Object.defineProperty(process, "versions", { value: { node: "20.18.3" } });`);
  const { status, stderr } = engine(["--version"], {}, ["--require", preload]);
  expect([status, stderr.replace(process.execPath, "NODE")]).toEqual([
    1,
    `ava-sdk: Node.js 20.19 or newer is needed; NODE is ${process.version}.\n`,
  ]);
});

test("a storage of S3 without its package says what to install", () => {
  const result = engine(["upload", entry, "key"], { AVA_STORAGE: "s3:bucket", AVA_ACCESS_KEY: "a", AVA_SECRET_KEY: "s" });
  expect(result.status).not.toBe(0);
  expect(result.stderr).toContain("npm install @aws-sdk/client-s3");
});

test("the licence of every package that is joined in lies beside the engine", () => {
  const { dependencies } = JSON.parse(readFileSync(repositoryPath("packages/sdk/package.json"), "utf8")) as { dependencies: object };
  const licences = readFileSync(path.join(folder, "THIRD-PARTY-LICENSES.txt"), "utf8");
  const named = Array.from(licences.matchAll(/^(\S+) \d+\.\d+\.\d+ \(.+\)$/gm), ([, name]) => name);
  expect(named).toEqual(expect.arrayContaining(Object.keys(dependencies).filter((name) => !name.startsWith("ava-"))));
  // tar comes with these joined in.
  expect(named).toEqual(expect.arrayContaining(["minipass", "minizlib", "yallist"]));
  expect(licences).not.toContain("ava-");
});
