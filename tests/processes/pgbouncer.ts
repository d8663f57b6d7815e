// PgBouncer of Debian in transaction mode: each transaction may get another connection.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { waitFor } from "./ava.js";
import { librariesOf, unpackedDebian } from "./debian.js";
import { freePort } from "./platform.js";
import type { PostgresProcess } from "./postgres.js";
import { postgresFolder, postgresProgram, UNPRIVILEGED } from "./postgres-programs.js";

const folderOf = (): string | undefined => unpackedDebian("pgbouncer", ["pgbouncer", "libevent-2.1-7", "libc-ares2"]);

/** @returns whether there is one: where it cannot be had, that is told loudly */
export function hasPgBouncer(): boolean {
  return folderOf() !== undefined;
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
    const config = writeConfig(folder, port, server);
    const programs = folderOf();
    if (programs === undefined) throw new Error("PgBouncer is missing: skip what needs it");
    const [program = "", ...args] = [...UNPRIVILEGED, path.join(programs, "usr/sbin/pgbouncer"), "-q", config];
    const child = spawn(program, args, { env: { ...process.env, LD_LIBRARY_PATH: librariesOf(programs) }, stdio: "ignore" });
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

  /** Passes what comes from now on to another server; connections of clients stay. */
  pointTo(server: PostgresProcess): void {
    writeConfig(this.folder, this.port, server);
    this.child.kill("SIGHUP");
  }

  async stop(): Promise<void> {
    const ended = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await ended;
    rmSync(this.folder, { recursive: true });
  }
}

/** @returns path of the file */
function writeConfig(folder: string, port: number, server: PostgresProcess): string {
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
  return config;
}
