import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { costOf, type PageCost } from "./page-cost.js";
import { VIEWERS, type Viewer } from "./viewers.js";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const VENV = join(ROOT, ".venvs/peers");
const START_MS = 180_000;

interface Measured {
  writeSeconds: number;
  diskBytes: number;
  first: PageCost;
  chart: PageCost;
}

/** Measures all viewers with the same runs, one after the other. `main.js [RUNS] [FOLDER]`: the folder gets a picture of each page. */
async function main([runs = "60", pictures]: readonly string[]): Promise<void> {
  if (!existsSync(join(VENV, "bin/trackio"))) {
    execFileSync("python3", ["-m", "venv", VENV]);
    execFileSync(join(VENV, "bin/python"), ["-m", "pip", "install", "--quiet", "-r", join(ROOT, "bench/python/peers.txt")], {
      stdio: "inherit",
    });
  }
  if (pictures !== undefined) mkdirSync(pictures, { recursive: true });
  const browser = await chromium.launch({
    executablePath: process.env["AVA_BROWSER"] ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });
  const all = new Map<string, Measured>();
  try {
    for (const viewer of VIEWERS) all.set(viewer.name, await measure(viewer, runs, browser, pictures));
  } finally {
    await browser.close();
  }
  process.stdout.write(tableOf(all));
}

async function measure(viewer: Viewer, runs: string, browser: Browser, pictures: string | undefined): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), `ava-peers-${viewer.name}-`));
  const scratch = mkdtempSync(join(tmpdir(), "ava-peers-scratch-"));
  const data = join(folder, "data");
  mkdirSync(data);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let server: ChildProcess | undefined;
  try {
    process.stderr.write(`peers: ${viewer.name} writes ${runs} runs\n`);
    if (viewer.isServerFirst) server = await serve(viewer, data, port);
    const target = viewer.isServerFirst ? url : data;
    const writeSeconds = write(viewer.name, target, runs, { TRACKIO_DIR: data, AVA_WORKSPACE: scratch, TMPDIR: scratch });
    server ??= await serve(viewer, data, port);
    const pictureOf = (page: string) => pictures && join(pictures, `${viewer.name}-${page}.png`);
    // The server has read what it holds once.
    await costOf(browser, url);
    const first = await costOf(browser, url, pictureOf("first"));
    const chart = await costOf(browser, await viewer.chart(url), pictureOf("chart"));
    return { writeSeconds, diskBytes: bytesBelow(data), first, chart };
  } finally {
    if (server?.pid !== undefined) await stop(server, server.pid);
    for (const gone of [folder, scratch]) rmSync(gone, { recursive: true, force: true, maxRetries: 5 });
  }
}

function write(tool: string, target: string, runs: string, env: Record<string, string>): number {
  const started = performance.now();
  execFileSync(join(VENV, "bin/python"), [join(ROOT, "bench/python/write_runs.py"), tool, target, runs], {
    env: { ...process.env, PYTHONPATH: join(ROOT, "python"), HF_HUB_OFFLINE: "1", MLFLOW_DISABLE_TELEMETRY: "true", ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  return (performance.now() - started) / 1000;
}

/** In a group of its own: some servers have workers. */
async function serve(viewer: Viewer, folder: string, port: number): Promise<ChildProcess> {
  const { command, env = {} } = viewer.serve({ folder, port, venv: VENV });
  const [program, ...args] = command as [string, ...string[]];
  const child = spawn(program, args, { env: { ...process.env, ...env }, cwd: folder, stdio: "ignore", detached: true });
  const deadline = Date.now() + START_MS;
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined);
    if (answer?.ok === true) return child;
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`${viewer.name} does not serve: ${command.join(" ")}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
}

async function stop(server: ChildProcess, pid: number): Promise<void> {
  process.kill(-pid, "SIGTERM");
  const timer = setTimeout(() => process.kill(-pid, "SIGKILL"), 10_000);
  if (server.exitCode === null) await once(server, "exit");
  clearTimeout(timer);
}

function bytesBelow(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

function tableOf(all: ReadonlyMap<string, Measured>): string {
  const rows: [string, (measured: Measured) => string][] = [
    ["first page, kB on the wire", ({ first }) => kilo(first.bytes)],
    ["first page, requests", ({ first }) => `${first.requests}`],
    ["first page quiet after, ms", ({ first }) => first.quietAfterMs.toFixed(0)],
    ["JavaScript heap of it, MB", ({ first }) => (first.heapBytes / 1e6).toFixed(1)],
    ["10 runs x `val/loss`, kB", ({ chart }) => kilo(chart.bytes)],
    ["10 runs x `val/loss` quiet after, ms", ({ chart }) => chart.quietAfterMs.toFixed(0)],
    ["data on disk, MB", ({ diskBytes }) => (diskBytes / 1e6).toFixed(1)],
    ["time to write, s", ({ writeSeconds }) => writeSeconds.toFixed(1)],
  ];
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;
  const head = line(["measure", ...all.keys()]) + line(["---", ...[...all].map(() => "---:")]);
  return head + rows.map(([label, show]) => line([label, ...[...all.values()].map(show)])).join("");
}

function kilo(bytes: number): string {
  return (bytes / 1000).toFixed(0);
}

await main(process.argv.slice(2));
