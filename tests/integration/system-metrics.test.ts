import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { newWorkspace, waitFor } from "../processes/ava.js";
import { repositoryPath } from "../processes/paths.js";
import { freePort, PlatformProcess } from "../processes/platform.js";

let platform: PlatformProcess;

beforeAll(async () => {
  platform = new PlatformProcess(await freePort());
  await platform.start();
});

afterAll(() => platform.stop());

interface Series {
  name: string;
  labels: Record<string, string>;
  count: number;
  min: number;
  max: number;
  last: number;
  lastStep: number;
}

interface Detail {
  state: string;
  command: string[];
  series: Series[];
  git?: { commit?: string; branch?: string; isDirty?: boolean; diff?: string };
  runtime?: Record<string, string>;
  packages?: Record<string, string>;
  os?: string;
  cpus?: number;
  gpus?: string[];
}

/** A run in a workspace of its own. */
class Watched {
  readonly workspace: string = newWorkspace();
  readonly stopFile: string = path.join(this.workspace, "stop");
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }

  start(program: string, args: readonly string[], env: Record<string, string> = {}, cwd: string = this.workspace) {
    const child = spawn(process.execPath, [repositoryPath(program), ...args], {
      cwd,
      env: { PATH: process.env["PATH"] ?? "", AVA_WORKSPACE: this.workspace, AVA_PLATFORM_URL: platform.url, ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    return { child, ended: once(child, "exit") };
  }

  /** A training that blocks its event loop and takes 200 MB. */
  startBlocked(env: Record<string, string> = {}) {
    const options = JSON.stringify({ systemMetricsIntervalMs: 150, packages: true });
    return this.start("tests/programs/watched.mjs", [this.id, this.stopFile, options, "200"], env);
  }

  async detail(): Promise<Detail | undefined> {
    return platform.get<Detail>(`/v1/instances/${this.id}`).catch(() => undefined);
  }

  async series(name: string): Promise<Series[]> {
    return (await this.detail())?.series.filter((series) => series.name === `system/${name}`) ?? [];
  }

  async one(name: string): Promise<Series> {
    const [series] = await this.series(name);
    if (!series) throw new Error(`no series system/${name}`);
    return series;
  }

  /** Waits until a series was sampled so often. */
  sampled(name: string, count: number): Promise<void> {
    return waitFor(async () => ((await this.series(name))[0]?.count ?? 0) >= count, `${count} samples of ${name}`, 60_000);
  }

  journal(): string[] {
    return readdirSync(path.join(this.workspace, "run", this.id, "journal"));
  }
}

/** A folder with an `nvidia-smi` that knows two GPUs; it writes its pid to a file. */
function standInSmi(): { folder: string; pid: () => number } {
  const folder = newWorkspace();
  const lines = "echo '0, 10, 1024, 4096, 70.5, 40, Stand-in A'; echo '1, 90, 2048, 4096, [N/A], 50, Stand-in B'";
  writeFileSync(path.join(folder, "nvidia-smi"), `#!/bin/sh\necho $$ > '${folder}/pid'\nwhile :; do ${lines}; sleep 0.1; done\n`);
  chmodSync(path.join(folder, "nvidia-smi"), 0o755);
  return { folder, pid: () => Number(readFileSync(path.join(folder, "pid"), "utf8")) };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // ESRCH: gone.
    return false;
  }
}

describe.runIf(process.platform === "linux")("system metrics", () => {
  test("of a training that blocks its event loop are seen while it runs, within plausible bounds", async () => {
    const run = new Watched("blocked");
    const { child, ended } = run.startBlocked();
    await run.sampled("cpu/percent", 4);
    expect(child.exitCode).toBeNull();
    const cores = (await run.detail())?.cpus ?? 0;
    const cpu = await run.one("cpu/percent");
    // It would take one core; on a busy machine it gets less.
    expect(cpu.max).toBeGreaterThan(10);
    expect(cpu.max).toBeLessThan(Math.max(2, cores) * 130);
    const rss = await run.one("memory/rss_bytes");
    expect(rss.max).toBeGreaterThan(200e6);
    expect(rss.max).toBeLessThan(1e9);
    expect((await run.one("memory/limit_bytes")).min).toBeGreaterThan(rss.max);
    expect((await run.one("memory/percent")).max).toBeGreaterThan(0);
    expect((await run.one("memory/percent")).max).toBeLessThanOrEqual(100);
    expect((await run.one("cpu/host_percent")).max).toBeLessThan(130);
    expect((await run.one("disk/free_bytes")).min).toBeGreaterThan(0);
    expect((await run.one("processes")).min).toBe(1);
    for (const name of ["network/receive_bytes_per_s", "network/send_bytes_per_s"])
      expect((await run.one(name)).min).toBeGreaterThanOrEqual(0);
    expect(cpu.lastStep).toBeGreaterThan(0.3);
    writeFileSync(run.stopFile, "");
    await ended;
    expect([child.exitCode, (await run.detail())?.state, run.journal()]).toEqual([0, "done", []]);
  });

  test("are off with interval 0, and a wrong interval is said at once", async () => {
    const run = new Watched("off");
    writeFileSync(run.stopFile, "");
    await run.start("tests/programs/watched.mjs", ["off", run.stopFile, '{"systemMetricsIntervalMs":0}', "1"]).ended;
    const detail = await run.detail();
    expect([detail?.series.map(({ name }) => name), detail?.runtime, run.journal()]).toEqual([
      ["memory"],
      { node: process.versions.node },
      [],
    ]);
    const { TrainInstance } = await import("ava-sdk");
    for (const systemMetricsIntervalMs of [-1, 5, Number.NaN, 1e12]) {
      const created = TrainInstance.create({ workspace: run.workspace, systemMetricsIntervalMs });
      await expect(created).rejects.toMatchObject({ code: "SETTING_INVALID" });
    }
  });

  test("of a command are those of its processes, not of ours", async () => {
    const run = new Watched("command");
    const burn = `const memory = Buffer.alloc(150e6, 1); while (!require("fs").existsSync("${run.stopFile}")) memory[0]++`;
    const { child, ended } = run.start("tests/programs/run-watched.mjs", [
      run.id,
      "sh",
      "-c",
      `"${process.execPath}" -e '${burn}' & wait; exit 3`,
    ]);
    await run.sampled("cpu/percent", 4);
    await waitFor(async () => (await run.one("memory/rss_bytes")).max > 150e6, "the memory is seen");
    expect((await run.one("cpu/percent")).max).toBeGreaterThan(10);
    await waitFor(
      async () => (await run.one("processes")).last === 2,
      "git, which was asked for facts, has ended; shell and program are left",
    );
    writeFileSync(run.stopFile, "");
    await ended;
    expect([child.exitCode, run.journal()]).toEqual([3, []]);
  });

  test("of a training within ava-sdk run are taken once", async () => {
    const run = new Watched("joined");
    const program = repositoryPath("tests/programs/watched.mjs");
    const inner = [process.execPath, program, "joined", run.stopFile, '{"systemMetricsIntervalMs":150}', "1"];
    const { child, ended } = run.start("tests/programs/run-watched.mjs", [run.id, ...inner]);
    await run.sampled("processes", 3);
    await waitFor(async () => (await run.detail())?.series.some(({ name }) => name === "memory") ?? false, "the training's own point");
    // The run's own, its watch's, and the training's.
    expect(new Set(run.journal().map((file) => file.split(".")[0])).size).toBe(3);
    writeFileSync(run.stopFile, "");
    await ended;
    expect([child.exitCode, run.journal()]).toEqual([0, []]);
  });

  test("of NVIDIA GPUs carry the GPU's index; nvidia-smi ends with the run", async () => {
    const run = new Watched("gpus");
    const smi = standInSmi();
    const { ended } = run.startBlocked({ PATH: `${smi.folder}:${process.env["PATH"]}` });
    await run.sampled("gpu/utilization_percent", 3);
    const utilization = await run.series("gpu/utilization_percent");
    expect(utilization).toMatchObject([
      { labels: { gpu: "0" }, min: 10, max: 10 },
      { labels: { gpu: "1" }, min: 90, max: 90 },
    ]);
    expect(await run.series("gpu/power_watts")).toMatchObject([{ labels: { gpu: "0" }, max: 70.5 }]);
    expect((await run.detail())?.gpus).toEqual(["Stand-in A", "Stand-in B"]);
    // The shell that stands in would be a second one all the time.
    expect((await run.one("processes")).min).toBe(1);
    writeFileSync(run.stopFile, "");
    await ended;
    await waitFor(() => !isAlive(smi.pid()), "nvidia-smi has ended");
  });

  test("a training that is killed leaves no nvidia-smi behind", async () => {
    const run = new Watched("killed-gpus");
    const smi = standInSmi();
    const { child, ended } = run.startBlocked({ PATH: `${smi.folder}:${process.env["PATH"]}` });
    await run.sampled("gpu/utilization_percent", 1);
    expect(isAlive(smi.pid())).toBe(true);
    child.kill("SIGKILL");
    await ended;
    await waitFor(() => !isAlive(smi.pid()), "nvidia-smi has ended");
  });
});

describe("facts of the environment", () => {
  test("of a command that fails at once: git with its diff, the interpreter, the machine, no secrets", async () => {
    const run = new Watched("facts");
    const repository = path.join(run.workspace, "code");
    mkdirSync(repository);
    const git = (...args: string[]) =>
      execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b.c", ...args], { cwd: repository, encoding: "utf8" }).trim();
    git("init", "--quiet", "--initial-branch=trial");
    writeFileSync(path.join(repository, "train.js"), "process.exit(4);\n");
    git("add", ".");
    git("commit", "--quiet", "-m", "first");
    writeFileSync(path.join(repository, "train.js"), "process.exit(5);\n");
    const command = [process.execPath, "train.js", "--api-key", "abc"];
    const { child, ended } = run.start("packages/sdk/bin/ava-sdk.js", ["run", "--id", run.id, "--", ...command], {}, repository);
    await ended;
    expect(child.exitCode).toBe(5);
    const detail = await run.detail();
    expect(detail).toMatchObject({
      command: [process.execPath, "train.js", "--api-key", "***"],
      workingFolder: repository,
      git: { commit: git("rev-parse", "HEAD"), branch: "trial", isDirty: true, diff: expect.stringContaining("+process.exit(5);") },
      runtime: { node: process.versions.node },
      os: expect.stringContaining(process.arch),
    });
    expect(detail).not.toHaveProperty("packages");
    expect(run.journal()).toEqual([]);
  });

  test("hold the list of packages where it is asked for", async () => {
    const run = new Watched("packages");
    writeFileSync(run.stopFile, "");
    writeFileSync(
      path.join(run.workspace, "package-lock.json"),
      JSON.stringify({ lockfileVersion: 3, packages: { "node_modules/some-package": { version: "1.2.3" } } }),
    );
    await run.start("tests/programs/watched.mjs", [run.id, run.stopFile, '{"packages":true}', "1"]).ended;
    expect((await run.detail())?.packages).toEqual({ "some-package": "1.2.3" });
  });
});
