import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { askProgram } from "./ask-program.js";
import { gitFacts, parseStatus } from "./git.js";
import { interpreterOf, runtimeFacts } from "./interpreter.js";
import { machineFacts } from "./machine.js";
import { listPackages, parseLockFile, parsePythonPackages } from "./packages.js";

const { signal } = new AbortController();
const GIT_SETTINGS = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main"];

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), "ava-facts-"));
}

function git(folder: string, ...args: string[]): string {
  return execFileSync("git", [...GIT_SETTINGS, ...args], { cwd: folder, encoding: "utf8" }).trim();
}

function repository(): string {
  const folder = newFolder();
  git(folder, "init", "--quiet");
  writeFileSync(join(folder, "train.py"), "lr = 0.1\n");
  git(folder, "add", ".");
  git(folder, "commit", "--quiet", "-m", "first");
  return folder;
}

describe("git", () => {
  test("tells commit and branch, also from a folder below; untracked files are not looked for", async () => {
    const folder = repository();
    mkdirSync(join(folder, "below"));
    writeFileSync(join(folder, "below/new.py"), "");
    const commit = git(folder, "rev-parse", "HEAD");
    expect(await gitFacts(join(folder, "below"), signal)).toEqual({ commit, branch: "main", isDirty: false });
  });

  test("tells what differs from the commit, secrets masked, and changes nothing in the repository", async () => {
    const folder = repository();
    writeFileSync(join(folder, "train.py"), `lr = 0.2\napi_key = "abc"\n`);
    const facts = await gitFacts(folder, signal);
    expect(facts).toMatchObject({ isDirty: true });
    expect(facts?.diff).toContain("-lr = 0.1\n+lr = 0.2\n+api_key = ***\n");
    expect(facts).not.toHaveProperty("isDiffTruncated");
    expect(existsSync(join(folder, ".git/index.lock"))).toBe(false);
  });

  test("cuts a long diff at a line and says so", async () => {
    const folder = repository();
    writeFileSync(join(folder, "train.py"), "x = 1\n".repeat(100_000));
    const facts = await gitFacts(folder, signal);
    expect(facts).toMatchObject({ isDirty: true, isDiffTruncated: true });
    expect(facts?.diff?.length).toBeLessThanOrEqual(256 * 1024);
    expect(facts?.diff?.length).toBeGreaterThan(255 * 1024);
    expect(facts?.diff?.endsWith("\n+x = 1\n")).toBe(true);
  });

  test("a detached head has no branch, a new repository no commit, and a folder outside tells nothing", async () => {
    const detached = repository();
    git(detached, "checkout", "--quiet", "--detach");
    expect(await gitFacts(detached, signal)).toEqual({ commit: git(detached, "rev-parse", "HEAD"), isDirty: false });
    const empty = newFolder();
    git(empty, "init", "--quiet");
    expect(await gitFacts(empty, signal)).toEqual({ branch: "main", isDirty: false });
    expect(await gitFacts(newFolder(), signal)).toBeUndefined();
    expect(await gitFacts(join(empty, "no-such-folder"), signal)).toBeUndefined();
  });

  test.each(["1 .M N... 100644 100644 100644 a b train.py", "2 R. N... 1 2 3 a b R100 x\ty", "u UU N... 1 2 3 4 a b c x"])(
    "a changed, a renamed and an unmerged file are dirty: %s",
    (line) => {
      expect(parseStatus(`# branch.oid c0ffee\n# branch.head feature/x\n# branch.ab +1 -0\n${line}\n`)).toEqual({
        commit: "c0ffee",
        branch: "feature/x",
        isDirty: true,
      });
    },
  );
});

describe("a program that is asked", () => {
  const limits = { folder: tmpdir(), timeoutMs: 30_000, maxBytes: 1000, signal };
  const node = (code: string) => [process.execPath, "-e", code] as const;

  test("gives its output, cut where it says too much", async () => {
    expect(await askProgram([...node("console.log('hi')")], limits)).toEqual({ text: "hi\n", isTruncated: false });
    const endless = node("const say = () => process.stdout.write('x'.repeat(999), say); say()");
    expect(await askProgram([...endless], limits)).toEqual({ text: "x".repeat(1000), isTruncated: true });
  });

  test.each([
    ["fails", node("process.exit(1)"), limits],
    ["hangs", node("setInterval(() => {}, 1000)"), { ...limits, timeoutMs: 100 }],
    ["is not there", ["no-such-program-here"] as const, limits],
  ])("gives nothing when it %s", async (_, command, bounds) => {
    expect(await askProgram([...command] as [string, ...string[]], bounds)).toBeUndefined();
  });

  test("is let go when the run ends", async () => {
    const end = new AbortController();
    const answer = askProgram([...node("setInterval(() => {}, 1000)")], { ...limits, signal: end.signal });
    end.abort();
    expect(await answer).toBeUndefined();
  });

  test("does not keep us through a daemon that holds its output", async () => {
    const answer = await askProgram(["sh", "-c", "sleep 60 & echo done; echo $!"], limits);
    const [words, pid] = answer?.text.split("\n") ?? [];
    process.kill(Number(pid), "SIGKILL");
    expect(words).toBe("done");
  });
});

describe("the interpreter", () => {
  test.each([
    ["python", "python"],
    ["/usr/bin/python3.12", "python"],
    ["pypy3", "python"],
    ["node", "node"],
    ["python-config", undefined],
    ["caffe", undefined],
    ["sh", undefined],
  ])("of %s is %s", (program, interpreter) => {
    expect(interpreterOf(program)).toBe(interpreter);
  });

  test("tells its version; another program is not started for it", async () => {
    const folder = newFolder();
    const program = (name: string) => {
      writeFileSync(join(folder, name), `#!/bin/sh\ntouch "${folder}/$(basename "$0")-ran"\necho 3.9.1\n`);
      chmodSync(join(folder, name), 0o755);
      return join(folder, name);
    };
    expect(await runtimeFacts(program("python3"), folder, signal)).toEqual({ python: "3.9.1" });
    expect(await runtimeFacts(program("train"), folder, signal)).toEqual({});
    expect(existsSync(join(folder, "train-ran"))).toBe(false);
    expect(await runtimeFacts(process.execPath, folder, signal)).toEqual({ node: process.versions.node });
    expect(await runtimeFacts(undefined, folder, signal)).toEqual({ node: process.versions.node });
  });
});

describe("packages", () => {
  test("of Python are read from JSON; anything else gives undefined", () => {
    expect(parsePythonPackages('[{"name": "numpy", "version": "2.1.0"}, {"name": null, "version": "1"}]')).toEqual({ numpy: "2.1.0" });
    expect(parsePythonPackages("Welcome!")).toBeUndefined();
  });

  test("of Node are those of the nearest lock file; of two versions the one at the top", async () => {
    const folder = newFolder();
    const packages = {
      "": { version: "1.0.0" },
      "node_modules/a/node_modules/zod": { version: "3.0.0" },
      "node_modules/@x/y": { version: "1.2.3" },
      "node_modules/zod": { version: "4.0.0" },
      "packages/own": { version: "0.1.0" },
    };
    const text = JSON.stringify({ lockfileVersion: 3, packages });
    expect(parseLockFile(text)).toEqual({ "@x/y": "1.2.3", zod: "4.0.0" });
    writeFileSync(join(folder, "package-lock.json"), text);
    mkdirSync(join(folder, "src"));
    expect(await listPackages(undefined, join(folder, "src"), signal)).toEqual({ "@x/y": "1.2.3", zod: "4.0.0" });
    expect(await listPackages("caffe", folder, signal)).toBeUndefined();
  });

  test("of an old Python are those that its pip knows", async () => {
    const folder = newFolder();
    const python = join(folder, "python2.7");
    writeFileSync(python, `#!/bin/sh\ntest "$1" = -m && echo '[{"name": "six", "version": "1.16.0"}]'\n`);
    chmodSync(python, 0o755);
    expect(await listPackages(python, folder, signal)).toEqual({ six: "1.16.0" });
  });
});

test("the machine is known at once", () => {
  const facts = machineFacts();
  expect(facts.os).toContain(process.arch);
  expect(facts.cpus).toBeGreaterThan(0);
  expect(facts.memoryBytes).toBeGreaterThan(1e8);
});
