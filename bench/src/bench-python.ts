import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** A virtual environment with other trackers' clients. */
export const BENCH_PYTHON: string = fileURLToPath(new URL("../../.venvs/bench-python", import.meta.url));
const PACKAGES = ["wandb==0.31.0", "mlflow==3.17.2", "tensorboard==2.21.0", "tensorboardX==2.6.5"];

/** Installs them once. */
export function ensurePackages(): void {
  const stamp = path.join(BENCH_PYTHON, "installed");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === PACKAGES.join(" ")) return;
  rmSync(BENCH_PYTHON, { recursive: true, force: true });
  execFileSync("python3.11", ["-m", "venv", BENCH_PYTHON]);
  execFileSync(path.join(BENCH_PYTHON, "bin/python"), ["-m", "pip", "install", "--quiet", ...PACKAGES], { stdio: "inherit" });
  writeFileSync(stamp, PACKAGES.join(" "));
}
