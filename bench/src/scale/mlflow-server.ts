import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { Client } from "pg";
import { BENCH_PYTHON, ensurePackages } from "../bench-python.js";
import { freePort } from "./postgres.js";

const DRIVER = "psycopg2-binary==2.9.13";
const DRIVER_FOLDER = `${BENCH_PYTHON}-psycopg2`;

/** MLflow's own server, with its tables in a database of its own. */
export class MlflowServer {
  readonly url: string;
  private readonly child: ChildProcess;
  private readonly folder: string;

  private constructor(url: string, child: ChildProcess, folder: string) {
    this.url = url;
    this.child = child;
    this.folder = folder;
  }

  /** Starts one of one process, as a replica is: its supervisor ends workers that a busy machine holds up. @param postgres - address of a database, beside which it makes its own */
  static async start(postgres: string): Promise<MlflowServer> {
    ensurePackages();
    if (!existsSync(DRIVER_FOLDER)) {
      const install = ["-m", "pip", "install", "--quiet", "--target", DRIVER_FOLDER, DRIVER];
      execFileSync(join(BENCH_PYTHON, "bin/python"), install, { stdio: "inherit" });
    }
    const database = new Client(postgres);
    await database.connect();
    await database.query("CREATE DATABASE mlflow");
    await database.end();
    const tables = postgres.replace(/^postgres:/, "postgresql+psycopg2:").replace(/\/\w+$/, "/mlflow");
    const [folder, port] = [mkdtempSync(join(tmpdir(), "ava-scale-mlflow-")), await freePort()];
    const flags = ["--backend-store-uri", tables, "--default-artifact-root", folder, "--workers", "1", "--port", String(port)];
    const env = { ...process.env, PYTHONPATH: DRIVER_FOLDER, MLFLOW_DISABLE_TELEMETRY: "true" };
    // A group of its own: its workers end with it.
    const child = spawn(join(BENCH_PYTHON, "bin/python"), ["-m", "mlflow", "server", ...flags], { stdio: "ignore", env, detached: true });
    const server = new MlflowServer(`http://127.0.0.1:${port}`, child, folder);
    for (let waits = 0; waits < 4000; waits++) {
      const isThere = await fetch(`${server.url}/health`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (isThere) return server;
      if (child.exitCode !== null) break;
      await setTimeout(100);
    }
    await server.stop();
    throw new Error("MLflow's server does not answer.");
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null) {
      const ended = once(this.child, "exit");
      process.kill(-this.child.pid!, "SIGTERM");
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
