// A PostgreSQL server of a test file or bench: on loopback, with its data in a folder of its own, gone with the process that started it.
import { type ChildProcess, execFile, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { waitFor } from "./ava.js";
import { freePort } from "./platform.js";
import { postgresFolder, postgresProgram, UNPRIVILEGED } from "./postgres-programs.js";

/** Superuser of the server; it is asked for no password. */
const USER = "ava";

/** For tests: what the system has is kept, as after a kill, but not what only the disk would keep. */
const QUICK: Settings = { fsync: "off", shared_buffers: "64MB", max_connections: "200", autovacuum_naptime: "10s" };

/** Ends the server once its input ends, which it also does when the process that started it is killed; then the data goes, too, unless a line says `keep`. */
const GUARDED =
  '"$@" >>"$FOLDER/log" 2>&1 & server=$!; exec 2>/dev/null; read -r word; kill -QUIT $server 2>/dev/null; wait $server; [ "$word" = keep ] || rm -rf "$FOLDER"';

/** The same, and starts the server again whenever it ends by itself, as an init system does. */
const KEPT_UP = `( trap 'kill -QUIT $server; wait $server; exit' TERM; while :; do "$@" >>"$FOLDER/log" 2>&1 & server=$!; wait $server; sleep 0.5; done ) 2>/dev/null & loop=$!; exec 2>/dev/null; read -r word; kill -TERM $loop; wait $loop; [ "$word" = keep ] || rm -rf "$FOLDER"`;

/** Lines of postgresql.conf. */
export type Settings = Readonly<Record<string, string>>;

/** A server that can be stopped, killed and started again. */
export class PostgresProcess {
  readonly port: number;
  /** Holds `data`, and `log`: what the server says. */
  readonly folder: string;
  private readonly isKeptUp: boolean;
  private guard: ChildProcess | undefined;
  private databases = 0;

  private constructor(folder: string, port: number, isKeptUp = false) {
    this.folder = folder;
    this.port = port;
    this.isKeptUp = isKeptUp;
  }

  /**
   * @param settings - beside those that make tests quick
   * @param prepare - told the folder before anything is in it
   * @param isKeptUp - it is started again whenever it ends by itself
   * @returns a server that answers
   */
  static async start(settings: Settings = {}, prepare?: (folder: string) => void, isKeptUp = false): Promise<PostgresProcess> {
    const server = new PostgresProcess(postgresFolder(), await freePort(), isKeptUp);
    prepare?.(server.folder);
    const flags = ["--username", USER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync", "--no-instructions"];
    runUnprivileged([postgresProgram("initdb"), "--pgdata", server.dataDir, ...flags]);
    server.configure({ ...QUICK, ...settings });
    await server.launch();
    return server;
  }

  /** @returns a copy of its data as `pg_basebackup` makes it, beside it, which is not started */
  async baseBackup(flags: readonly string[] = []): Promise<PostgresProcess> {
    const copy = new PostgresProcess(postgresFolder(), await freePort());
    const from = `host=127.0.0.1 port=${this.port} user=${USER} application_name=standby`;
    runUnprivileged([
      postgresProgram("pg_basebackup"),
      "--dbname",
      from,
      "--pgdata",
      copy.dataDir,
      "--checkpoint=fast",
      "--no-sync",
      ...flags,
    ]);
    return copy;
  }

  /** @param settings - further ones @returns a standby that streams from this server: synchronous once this one is configured so, with the name `standby` */
  async standby(settings: Settings = {}): Promise<PostgresProcess> {
    const standby = await this.baseBackup(["--write-recovery-conf"]);
    standby.configure(settings);
    await standby.launch();
    return standby;
  }

  get dataDir(): string {
    return path.join(this.folder, "data");
  }

  /** What the server has said. */
  get log(): string {
    return readFileSync(path.join(this.folder, "log"), "utf8");
  }

  /** @param database - name @returns its address */
  url(database = "postgres"): string {
    return `postgres://${USER}@127.0.0.1:${this.port}/${database}`;
  }

  /** Runs SQL by `psql`. @param text - one or several statements @param database - name @returns rows as lines, columns between `|` */
  async sql(text: string, database = "postgres"): Promise<string> {
    const args = ["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1", "--dbname", this.url(database)];
    const { stdout } = await promisify(execFile)(postgresProgram("psql"), [...args, "--command", text]);
    return stdout.trim();
  }

  /** @param template - name of a database that is copied: one without connections @returns name of a new database */
  async database(template = "template1"): Promise<string> {
    const name = `test_${process.pid}_${++this.databases}`;
    await this.sql(`create database ${name} template ${template}`);
    return name;
  }

  /** Appends to postgresql.conf. They hold after a start, or `select pg_reload_conf()`. @param settings - lines */
  configure(settings: Settings): void {
    const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`);
    appendFileSync(path.join(this.dataDir, "postgresql.conf"), lines.join(""));
  }

  /** Starts it on its data. @throws with what it said, when it ends at once */
  async launch(): Promise<void> {
    const flags = ["-D", this.dataDir, "-p", String(this.port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="];
    const [program = "", ...args] = [
      ...UNPRIVILEGED,
      "sh",
      "-c",
      this.isKeptUp ? KEPT_UP : GUARDED,
      "sh",
      postgresProgram("postgres"),
      ...flags,
    ];
    const env = { ...process.env, FOLDER: this.folder };
    // A session of its own: Ctrl-C in a terminal ends it by the end of its input only.
    this.guard = spawn(program, args, { env, cwd: this.folder, stdio: ["pipe", "ignore", "inherit"], detached: true });
    const isReady = (): boolean => spawnSync(postgresProgram("pg_isready"), ["--quiet", "--dbname", this.url()]).status === 0;
    await waitFor(isReady, "PostgreSQL to answer", 60_000).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.log}`);
    });
  }

  /** Its processes, the first of them first. */
  get pids(): number[] {
    return postgresPids(this.dataDir);
  }

  /** Sends a signal to all its processes. @param signal - such as SIGSTOP */
  signal(signal: NodeJS.Signals): void {
    // Some may have ended by themselves meanwhile.
    spawnSync("kill", [`-${signal.slice(3)}`, ...this.pids.map(String)]);
  }

  /** Ends all its processes as a power failure would; the data stays. */
  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.end("keep\n");
  }

  /** Ends it at once, as a failover does: connections break; the data stays. */
  async stop(): Promise<void> {
    await this.end("keep\n");
  }

  /** Ends it and removes its data. */
  async remove(): Promise<void> {
    if (this.guard === undefined) runUnprivileged(["rm", "-rf", this.folder]);
    else await this.end("");
  }

  /** Makes a standby the primary. */
  async promote(): Promise<void> {
    await this.sql("select pg_promote(true)");
  }

  private async end(word: string): Promise<void> {
    const guard = this.guard;
    this.guard = undefined;
    if (guard === undefined) return;
    const ended = once(guard, "exit");
    guard.stdin?.end(word);
    await ended;
  }
}

/** @param dataDir - of a server that runs @returns its processes, the first of them first */
export function postgresPids(dataDir: string): number[] {
  const [postmaster = ""] = readFileSync(path.join(dataDir, "postmaster.pid"), "utf8").split("\n");
  const children = spawnSync("ps", ["-o", "pid=", "--ppid", postmaster], { encoding: "utf8" }).stdout.split("\n").filter(Boolean);
  return [postmaster, ...children].map(Number);
}

function runUnprivileged(command: readonly string[]): void {
  const [program = "", ...args] = [...UNPRIVILEGED, ...command];
  execFileSync(program, args, { stdio: ["ignore", "ignore", "pipe"], cwd: "/" });
}
