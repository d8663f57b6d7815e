import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { BENCH_PYTHON, ensurePackages } from "./bench-python.js";
import type { Trial, TrialResult } from "./trial.js";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const PROGRAM = path.join(ROOT, "bench/python/log_cost.py");
const CALLS = 5000;
const BUDGET_NS = 15_000;

/** The loggers that are measured, as log_cost.py calls them, and how many times as long as AVA each of the others takes at least. */
const PEERS = [
  ["wandb", "wandb, offline", 10],
  ["mlflow", "mlflow, file store", 30],
  ["tensorboard", "tensorboard.summary.Writer", 10],
  ["tensorboardX", "tensorboardX.SummaryWriter", 3],
] as const;

interface Cost {
  medianNs: number;
  p99Ns: number;
}

/** Cost of one `log()` of three metrics in CPython 3.11 on the caller's thread, beside others, each in a process of its own. */
export const pythonLogCost: Trial = {
  name: "python-log-cost",
  async run(): Promise<TrialResult> {
    if (spawnSync("python3.11", ["--version"]).status !== 0) {
      process.stderr.write("python-log-cost: NOT MEASURED, there is no python3.11\n");
      return { figures: [], ratios: [] };
    }
    ensurePackages();
    const ava = measure("ava");
    const peers = PEERS.map(([logger, label, goal]) => ({ label, goal, cost: measure(logger) }));
    return {
      figures: [{ label: "ava", cost: ava }, ...peers].flatMap(({ label, cost }) => [
        { label: `${label}, median`, value: cost.medianNs / 1000, unit: "us" },
        { label: `${label}, 99 %`, value: cost.p99Ns / 1000, unit: "us" },
      ]),
      ratios: [
        { label: "15 microseconds / ava", value: BUDGET_NS / ava.medianNs, goal: 1 },
        ...peers.map(({ label, goal, cost }) => ({ label: `${label} / ava`, value: cost.medianNs / ava.medianNs, goal })),
      ],
    };
  },
};

function measure(logger: string): Cost {
  const folder = mkdtempSync(path.join(tmpdir(), "ava-bench-"));
  const env = {
    ...process.env,
    PYTHONPATH: path.join(ROOT, "python"),
    TMPDIR: folder,
    AVA_WORKSPACE: path.join(folder, "workspace"),
    // No process listens there: the journal keeps everything, and the agent is in its back-off.
    AVA_PLATFORM_URL: "http://127.0.0.1:9",
    // mlflow asks for a yes before it uses files.
    MLFLOW_ALLOW_FILE_STORE: "true",
  };
  const output = execFileSync(path.join(BENCH_PYTHON, "bin/python"), [PROGRAM, logger, String(CALLS)], {
    cwd: folder,
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  return JSON.parse(output.trim().split("\n").at(-1) ?? "") as Cost;
}
