// PgBouncer of Debian in transaction mode: each transaction may get another connection.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { waitFor } from "./ava.js";
import { repositoryPath } from "./paths.js";
import { freePort } from "./platform.js";
import type { PostgresProcess } from "./postgres.js";
import { postgresFolder, postgresProgram, UNPRIVILEGED } from "./postgres-programs.js";

const FOLDER = repositoryPath(".venvs/pgbouncer");
const PACKAGES = ["pgbouncer", "libevent-2.1-7", "libc-ares2"];

/** @returns why there is none; `undefined` when it is there: the packages are unpacked, not installed */
export function ensurePgBouncer(): string | undefined {
  if (existsSync(FOLDER)) return undefined;
  if (!existsSync("/usr/bin/apt-get")) return "there is no apt-get";
  const part = `${FOLDER}.${process.pid}`;
  mkdirSync(part, { recursive: true });
  const script = `cd "$1" && apt-get download -qq ${PACKAGES.join(" ")} && for deb in *.deb; do dpkg-deb -x "$deb" . ; done && rm ./*.deb && mv "$1" "$2"`;
  execFileSync("sh", ["-c", script, "sh", part, FOLDER], { stdio: "ignore" });
  return undefined;
}

/** A pooler in front of a server. */
export class PgBouncer {
  private readonly port: number;
  private readonly child: ChildProcess;

  private readonly folder: string;

  private constructor(port: number, child: ChildProcess, folder: string) {
    this.port = port;
    this.folder = folder;
    this.child = child;
  }

  /** @returns a pooler that answers, with five connections to each database */
  static async start(server: PostgresProcess): Promise<PgBouncer> {
    const port = await freePort();
    const folder = postgresFolder();
    const config = path.join(folder, "pgbouncer.ini");
    const settings = [
      "[databases]",
      `* = host=127.0.0.1 port=${server.port} user=ava`,
      "[pgbouncer]",
      "listen_addr = 127.0.0.1",
      `listen_port = ${port}`,
      "unix_socket_dir =",
      "auth_type = any",
      "pool_mode = transaction",
      "default_pool_size = 5",
      "max_client_conn = 200",
      "server_login_retry = 1",
      "server_idle_timeout = 5",
    ];
    writeFileSync(config, `${settings.join("\n")}\n`);
    const libraries = path.join(FOLDER, "usr/lib", readdirSync(path.join(FOLDER, "usr/lib"))[0] ?? "");
    const [program = "", ...args] = [...UNPRIVILEGED, path.join(FOLDER, "usr/sbin/pgbouncer"), "-q", config];
    const child = spawn(program, args, { env: { ...process.env, LD_LIBRARY_PATH: libraries }, stdio: "ignore" });
    const bouncer = new PgBouncer(port, child, folder);
    const isUp = (): boolean => {
      try {
        execFileSync(postgresProgram("psql"), ["--quiet", "--dbname", bouncer.url("postgres"), "--command", "select 1"], {
          stdio: "ignore",
        });
        return true;
      } catch {
        return false;
      }
    };
    await waitFor(isUp, "PgBouncer to answer");
    return bouncer;
  }

  /** @param database - name @returns its address */
  url(database: string): string {
    return `postgres://ava@127.0.0.1:${this.port}/${database}`;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await ended;
    rmSync(this.folder, { recursive: true });
  }
}
