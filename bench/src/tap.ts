import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { BENCH_PYTHON, ensurePackages } from "./bench-python.js";
import type { Trial, TrialResult } from "./trial.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const AVA = path.join(ROOT, "packages/sdk/bin/ava-sdk.js");
const PLATFORM = path.join(ROOT, "packages/platform/bin/ava-platform.js");
const PROGRAM = path.join(ROOT, "bench/python/tracked_cost.py");
const CLIENT = fileURLToPath(new URL("./tap-client.js", import.meta.url));
const CALLS = 10_000;
const [REQUESTS, SMALL, LARGE] = [300, 1, 100];
/** MLflow's server takes half a minute on a busy machine. */
const MOST_START_MS = 120_000;

/** What a client measured. */
interface Cost {
  medianMs: number;
  p99Ms: number;
  allS: number;
  requestsPerS: number;
}

/** What unmodified clients of other trackers wait for the tap, beside their own local mode; and requests a second of the platform beside MLflow's server. */
export const tap: Trial = {
  name: "tap",
  async run(): Promise<TrialResult> {
    ensurePackages();
    const folder = mkdtempSync(path.join(tmpdir(), "ava-bench-"));
    const below = (command: readonly string[], dialects = "wandb,mlflow") =>
      measure([process.execPath, AVA, "run", "--quiet", "--dialects", dialects, "--", ...command], folder, {});
    const python = (tracker: string) => [path.join(BENCH_PYTHON, "bin/python"), PROGRAM, tracker, String(CALLS)];
    const client = (metrics: number) => [process.execPath, CLIENT, String(REQUESTS), String(metrics)];
    const wandb = below(python("wandb"));
    const wandbOffline = measure(python("wandb"), folder, { WANDB_MODE: "offline" });
    const mlflow = below(python("mlflow"));
    const mlflowLocal = measure(python("mlflow"), folder, { MLFLOW_TRACKING_URI: `sqlite:///${folder}/local.db` });
    const single = below(client(SMALL));
    const batch = below(client(LARGE));
    const platform = await beside(platformAt, client(LARGE), folder, "/mlflow");
    const server = await beside(mlflowAt, client(LARGE), folder, "");
    const waitMs = Math.max(0, startMs(folder, "auto") - startMs(folder, "none"));
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    return {
      figures: [
        { label: `${CALLS} wandb.log and finish, tap`, value: wandb.allS, unit: "s" },
        { label: "the same, wandb offline", value: wandbOffline.allS, unit: "s" },
        { label: "wandb.log, median, tap", value: wandb.medianMs * 1000, unit: "us" },
        { label: "the same, wandb offline", value: wandbOffline.medianMs * 1000, unit: "us" },
        { label: `${CALLS} mlflow.log_metric and end, tap`, value: mlflow.allS, unit: "s" },
        { label: "the same, MLflow's own SQLite", value: mlflowLocal.allS, unit: "s" },
        { label: "tap's answer to a metric, median", value: single.medianMs, unit: "ms" },
        { label: "tap's answer to a metric, 99 %", value: single.p99Ms, unit: "ms" },
        { label: "log-batch of 100, tap", value: batch.requestsPerS, unit: "requests/s" },
        { label: "log-batch of 100, platform", value: platform.requestsPerS, unit: "requests/s" },
        { label: "log-batch of 100, MLflow's server on SQLite", value: server.requestsPerS, unit: "requests/s" },
        { label: "start of a command waits for the tap", value: waitMs, unit: "ms" },
      ],
      ratios: [
        { label: "1 ms / tap's answer", value: 1 / single.medianMs, goal: 1 },
        { label: "wandb.log offline / tap", value: wandbOffline.medianMs / wandb.medianMs, goal: 0.5 },
        { label: "MLflow's own SQLite / tap", value: mlflowLocal.allS / mlflow.allS, goal: 1 },
        { label: "platform / MLflow's server", value: platform.requestsPerS / server.requestsPerS, goal: 2 },
      ],
    };
  },
};

/** Runs a client that writes what it measured to a file. */
function measure(command: readonly string[], folder: string, variables: Readonly<Record<string, string>>): Cost {
  const result = path.join(folder, "result.json");
  const [program = "", ...args] = command;
  execFileSync(program, args, {
    cwd: folder,
    // No platform listens there: the tap answers from the journal.
    env: {
      ...process.env,
      HOME: folder,
      AVA_WORKSPACE: path.join(folder, "workspace"),
      AVA_PLATFORM_URL: "http://127.0.0.1:9",
      BENCH_RESULT: result,
      ...variables,
    },
    stdio: "ignore",
  });
  return JSON.parse(readFileSync(result, "utf8")) as Cost;
}

type Serve = (folder: string, port: number) => ChildProcess;

const platformAt: Serve = (folder, port) =>
  spawn(process.execPath, [PLATFORM, "--port", String(port), "--data", path.join(folder, "platform")], { stdio: "ignore" });

const mlflowAt: Serve = (folder, port) =>
  spawn(
    path.join(BENCH_PYTHON, "bin/python"),
    ["-m", "mlflow", "server", "--backend-store-uri", `sqlite:///${folder}/server.db`, "--workers", "1", "--port", String(port)],
    {
      cwd: folder,
      env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: "true" },
      stdio: "ignore",
    },
  );

async function beside(serve: Serve, client: readonly string[], folder: string, prefix: string): Promise<Cost> {
  const port = await freePort();
  const server = serve(folder, port);
  try {
    const origin = `http://127.0.0.1:${port}${prefix}`;
    const untilMs = Date.now() + MOST_START_MS;
    const isUp = () =>
      fetch(`${origin}/health`).then(
        ({ ok }) => ok,
        () => false,
      );
    while (!(await isUp())) {
      if (Date.now() > untilMs) throw new Error(`${origin} does not answer`);
      await wait(100);
    }
    return measure(client, folder, { MLFLOW_TRACKING_URI: origin });
  } finally {
    server.kill("SIGTERM");
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** How long after the start of `ava-sdk run` its command starts. */
function startMs(folder: string, dialects: string): number {
  const times = Array.from({ length: 5 }, () => {
    const before = Date.now();
    const program = "process.stdout.write(String(Date.now()))";
    const env = {
      PATH: process.env["PATH"],
      HOME: folder,
      AVA_WORKSPACE: path.join(folder, "workspace"),
      AVA_PLATFORM_URL: "http://127.0.0.1:9",
    };
    const args = [AVA, "run", "--quiet", "--dialects", dialects, "--", process.execPath, "-e", program];
    return Number(execFileSync(process.execPath, args, { env, stdio: ["ignore", "pipe", "ignore"] })) - before;
  });
  return times.toSorted((a, b) => a - b)[2] as number;
}
