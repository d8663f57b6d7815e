import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findBlocks, readPage } from "../integration/docs/blocks.js";
import { newWorkspace } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";
import { agentsOf } from "../processes/python.js";
import { findPython, keptEnvironment, makeEnvironment, run } from "./interpreters.js";

/** What the README's example records: 100 steps of two metrics. */
const POINTS = [..."x".repeat(100)].flatMap((_, step) => [
  ["loss", step, 1 / (step + 1), step / 50],
  ["val/accuracy", step, step / 100, step / 50],
]);

const [built, again] = [1, 2].map(() => mkdtempSync(path.join(tmpdir(), "ava-built-"))) as [string, string];
const platform = new PlatformProcess(await freePort());
const workspaces: string[] = [];
let wheel = "";
let sdist = "";

beforeAll(async () => {
  await platform.start();
  // Twice, with what must not make a difference: the clock, and the modes that new files get.
  const build = `SOURCE_DATE_EPOCH=1700000000 "${process.execPath}" "${repositoryPath("scripts/build-python.mjs")}"`;
  run("sh", ["-c", `${build} "${built}" && umask 077 && ${build} "${again}"`]);
  [wheel = "", sdist = ""] = readdirSync(built)
    .sort()
    .map((name) => path.join(built, name));
});

afterAll(async () => {
  // Agents look around for a while before they end.
  for (const agent of workspaces.flatMap(agentsOf)) process.kill(agent);
  await platform.stop();
  for (const folder of [built, again]) rmSync(folder, { recursive: true });
});

/** A fresh virtual environment; its folder is removed at the end of the test. */
class Environment implements Disposable {
  readonly folder: string = mkdtempSync(path.join(tmpdir(), "ava-venv-"));
  readonly bin: string = path.join(this.folder, "bin");

  constructor(version: string) {
    makeEnvironment(findPython(version) ?? "", version, this.folder);
  }

  pip(...args: string[]): void {
    run(path.join(this.bin, "python"), ["-m", "pip", "--quiet", ...args]);
  }

  /** Runs a program of the environment. @param args - program and arguments @param env - variables to set @param input - its stdin */
  call(args: string[], env: Record<string, string>, input = ""): { status: number | null; stdout: string; stderr: string } {
    const [program = "", ...rest] = args;
    return spawnSync(path.join(this.bin, program), rest, { env, input, encoding: "utf8", cwd: this.folder });
  }

  files(): string[] {
    return readdirSync(this.folder, { recursive: true })
      .map(String)
      .filter((file) => !/__pycache__|\.pyc$/.test(file))
      .sort();
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function readmeExample(): string {
  const block = findBlocks("README.md", readPage("README.md")).find(({ language, marker }) => language === "python" && marker === "save");
  return block?.code ?? "";
}

/** What a program is told: where to record, and the PATH that the test means it to have. */
function surroundings(id: string, folders: string[]): Record<string, string> {
  const workspace = newWorkspace();
  workspaces.push(workspace);
  const temporary = path.join(workspace, "tmp");
  mkdirSync(temporary);
  return {
    PATH: folders.join(":"),
    TMPDIR: temporary,
    AVA_WORKSPACE: workspace,
    AVA_PLATFORM_URL: platform.url,
    AVA_TRAINING_INS_ID: id,
  };
}

async function pointsOf(id: string): Promise<unknown[]> {
  const points = await platform.pointsOf(id);
  return points
    .filter(({ name }) => !name.startsWith("system/"))
    .sort((a, b) => a.step - b.step || (a.name < b.name ? -1 : 1))
    .map(({ name, step, value, epoch }) => [name, step, value, epoch]);
}

async function expectRecorded(id: string): Promise<void> {
  expect(await platform.get(`/v1/instances/${id}`)).toMatchObject({ state: "done" });
  expect(await pointsOf(id)).toEqual(POINTS);
}

const node = path.dirname(process.execPath);

for (const version of ["2.7", "3.6", "3.11", "3.13"]) {
  const isThere = findPython(version) !== undefined;
  if (!isThere) console.warn(`NOT TESTED: the package in Python ${version}, which this machine does not have`);

  describe.skipIf(!isThere)(`the package in Python ${version}`, () => {
    test.each(["wheel", "sdist"])("is installed from the %s, records the README's example, and leaves nothing behind", async (kind) => {
      using environment = new Environment(version);
      const before = environment.files();
      environment.pip("install", kind === "wheel" ? wheel : sdist);
      const id = `readme-${kind}-${version.replace(".", "-")}`;
      const env = surroundings(id, [environment.bin, node]);
      expect(environment.call(["python", "-"], env, readmeExample())).toMatchObject({ status: 0, stdout: "", stderr: "" });
      await expectRecorded(id);

      const { version: expected } = JSON.parse(readPage("packages/sdk/package.json")) as { version: string };
      expect(environment.call(["ava-sdk", "--version"], env)).toMatchObject({ status: 0, stdout: `${expected}\n` });
      expect(environment.call(["python", "-m", "ava", "--version"], env)).toMatchObject({ status: 0, stdout: `${expected}\n` });

      environment.pip("uninstall", "--yes", "ava-sdk");
      expect(environment.files()).toEqual(before);
    });

    test("records without Node.js, says so once, and ava-sdk sync sends it later", async () => {
      using environment = new Environment(version);
      environment.pip("install", wheel);
      const id = `no-node-${version.replace(".", "-")}`;
      const env = surroundings(id, [environment.bin]);
      const trained = environment.call(["python", "-"], env, readmeExample());
      expect(trained).toMatchObject({ status: 0, stdout: "" });
      expect(trained.stderr.match(/Node\.js/g)).toHaveLength(1);
      expect(environment.call(["ava-sdk", "sync"], env)).toMatchObject({
        status: 127,
        stderr: "ava-sdk: Node.js 20.19 or newer is needed. Install it, or: pip install 'ava-sdk[node]'\n",
      });

      expect(environment.call(["ava-sdk", "sync"], { ...env, PATH: `${environment.bin}:${node}` })).toMatchObject({ status: 0 });
      await expectRecorded(id);
    });
  });
}

const has311 = findPython("3.11") !== undefined;

test.skipIf(!has311)("the extra `node` brings a Node.js that runs the agent", async () => {
  using environment = new Environment("3.11");
  environment.pip("install", `${wheel}[node]`);
  const env = surroundings("extra-node", [environment.bin]);
  expect(environment.call(["python", "-"], env, readmeExample())).toMatchObject({ status: 0, stdout: "", stderr: "" });
  await expectRecorded("extra-node");
});

test.skipIf(!has311)("pip install --upgrade does not replace it by the ava-sdk of 2018", () => {
  using environment = new Environment("3.11");
  environment.pip("install", wheel);
  const { version } = JSON.parse(readPage("packages/sdk/package.json")) as { version: string };
  environment.pip("install", "--upgrade", "ava-sdk");
  expect(environment.call(["python", "-c", "import ava; print(ava.__version__)"], {})).toMatchObject({ status: 0, stdout: `${version}\n` });
});

test("the same files give the same bytes, in any build", () => {
  const digests = (folder: string) =>
    readdirSync(folder).map((name) => [
      name,
      createHash("sha256")
        .update(readFileSync(path.join(folder, name)))
        .digest("hex"),
    ]);
  expect(digests(again)).toEqual(digests(built));
});

test("PyPI would take both: twine finds nothing wrong with their metadata", () => {
  const bin = keptEnvironment("twine", ["twine==7.0.0"]);
  const { stdout, status } = spawnSync(path.join(bin, "twine"), ["check", "--strict", wheel, sdist], { encoding: "utf8" });
  expect([status, stdout.match(/PASSED/g)?.length]).toEqual([0, 2]);
});
