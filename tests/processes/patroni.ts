// A cluster of PostgreSQL under Patroni, with etcd: three nodes on loopback, of which Patroni makes one the primary and keeps a synchronous standby.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { findFramework, programsOf } from "../python/frameworks.js";
import { waitFor } from "./ava.js";
import { unpackedDebian } from "./debian.js";
import { freePort } from "./platform.js";
import { postgresPids } from "./postgres.js";
import { POSTGRES_BIN, postgresFolder, postgresProgram, readableFolder, UNPRIVILEGED } from "./postgres-programs.js";

const USER = "ava";

/** The shortest times that Patroni takes, in seconds: a primary that says nothing for `ttl` is replaced. */
const TIMES = { ttl: 20, loop_wait: 1, retry_timeout: 3 };

/** Ends Patroni and its server once its input ends, which it also does when the process that started it is killed. */
const GUARDED =
  '"$@" >>"$FOLDER/patroni.log" 2>&1 & patroni=$!; echo $patroni; exec 2>/dev/null; read -r word; kill -KILL $patroni; kill -QUIT $(head -1 "$FOLDER/data/postmaster.pid"); wait';

const GUARDED_ETCD = '"$@" & etcd=$!; exec 2>/dev/null; read -r word; kill -KILL $etcd; wait';

/** @returns whether Patroni, etcd and PostgreSQL can be had here; what cannot is told loudly */
export function hasPatroni(): boolean {
  return POSTGRES_BIN !== undefined && etcdProgram() !== undefined && programsOf("patroni") !== undefined;
}

function etcdProgram(): string | undefined {
  const folder = unpackedDebian("etcd", ["etcd-server"]);
  return folder && path.join(folder, "usr/bin/etcd");
}

/** A node of the cluster: Patroni, and the server that it runs. */
export class PatroniNode {
  readonly name: string;
  readonly port: number;
  readonly restPort: number;
  readonly folder: string;
  private guard: ChildProcess | undefined;
  private patroniPid = 0;

  constructor(name: string, port: number, restPort: number, etcdPort: number) {
    this.name = name;
    this.port = port;
    this.restPort = restPort;
    this.folder = postgresFolder();
    writeFileSync(path.join(this.folder, "patroni.yml"), JSON.stringify(this.settings(etcdPort), undefined, 2));
  }

  /** Starts Patroni, which makes or joins the cluster. */
  async start(): Promise<void> {
    const packages = readableFolder(programsOf("patroni")!);
    const { python } = findFramework("patroni");
    const command = [...UNPRIVILEGED, "sh", "-c", GUARDED, "sh", python, "-m", "patroni", path.join(this.folder, "patroni.yml")];
    const env = { ...process.env, FOLDER: this.folder, HOME: this.folder, PYTHONPATH: packages };
    const guard = spawn(command[0]!, command.slice(1), { env, cwd: this.folder, stdio: ["pipe", "pipe", "inherit"], detached: true });
    this.guard = guard;
    const [pid] = (await once(guard.stdout, "data")) as [Buffer];
    this.patroniPid = Number(pid.toString());
  }

  /** Sends a signal to Patroni and all processes of its server, as when the machine dies, or sleeps. */
  signal(signal: NodeJS.Signals): void {
    for (const pid of [this.patroniPid, ...postgresPids(path.join(this.folder, "data"))]) {
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended by itself meanwhile.
      }
    }
  }

  /** Ends it with a SIGKILL; its data stays. */
  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.end();
  }

  /** Ends it and removes its data. */
  async remove(): Promise<void> {
    await this.end();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async end(): Promise<void> {
    const { guard } = this;
    this.guard = undefined;
    if (guard === undefined) return;
    const ended = once(guard, "exit");
    guard.stdin?.end();
    await ended;
  }

  private settings(etcdPort: number): unknown {
    const local = (port: number): string => `127.0.0.1:${port}`;
    const replication = { username: USER, password: USER };
    return {
      scope: "ava",
      name: this.name,
      restapi: { listen: local(this.restPort), connect_address: local(this.restPort) },
      etcd3: { hosts: local(etcdPort) },
      bootstrap: {
        dcs: { ...TIMES, synchronous_mode: true, maximum_lag_on_failover: 1_048_576, postgresql: { use_pg_rewind: true } },
        initdb: [{ encoding: "UTF8" }, { locale: "C" }, "data-checksums"],
      },
      postgresql: {
        listen: local(this.port),
        connect_address: local(this.port),
        data_dir: path.join(this.folder, "data"),
        bin_dir: path.dirname(postgresProgram("postgres")),
        pgpass: path.join(this.folder, "pgpass"),
        pg_hba: ["host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"],
        authentication: { superuser: replication, replication, rewind: replication },
        parameters: { unix_socket_directories: "", shared_buffers: "64MB", max_connections: 100 },
      },
    };
  }
}

/** A member as Patroni tells of it. */
interface Member {
  name: string;
  role: string;
  state: string;
}

/** Three nodes and their etcd. */
export class PatroniCluster {
  readonly nodes: readonly PatroniNode[];
  private readonly etcd: ChildProcess;
  private readonly folder: string;

  private constructor(nodes: readonly PatroniNode[], etcd: ChildProcess, folder: string) {
    this.nodes = nodes;
    this.etcd = etcd;
    this.folder = folder;
  }

  /** @returns a cluster with a primary and a synchronous standby */
  static async start(): Promise<PatroniCluster> {
    const folder = postgresFolder();
    mkdirSync(path.join(folder, "etcd"), { mode: 0o700 });
    const [client, peer] = [await freePort(), await freePort()];
    const [clientUrl, peerUrl] = [`http://127.0.0.1:${client}`, `http://127.0.0.1:${peer}`];
    const flags = ["--data-dir", path.join(folder, "etcd"), "--listen-client-urls", clientUrl, "--advertise-client-urls", clientUrl];
    const peers = ["--listen-peer-urls", peerUrl, "--initial-advertise-peer-urls", peerUrl, "--initial-cluster", `default=${peerUrl}`];
    const command = ["-c", GUARDED_ETCD, "sh", etcdProgram()!, ...flags, ...peers, "--log-level", "error"];
    const etcd = spawn("sh", command, { stdio: ["pipe", "ignore", "ignore"], detached: true });
    await waitFor(() => isAnswered(`${clientUrl}/health`), "etcd to answer", 60_000);
    const nodes: PatroniNode[] = [];
    for (const name of ["one", "two", "three"]) nodes.push(new PatroniNode(name, await freePort(), await freePort(), client));
    const cluster = new PatroniCluster(nodes, etcd, folder);
    for (const node of nodes) await node.start();
    await cluster.whole();
    return cluster;
  }

  /** @param database - name @returns its address, with all nodes */
  url(database: string): string {
    return `postgres://${USER}@${this.nodes.map(({ port }) => `127.0.0.1:${port}`).join(",")}/${database}`;
  }

  /** @returns members as the first node that answers knows them */
  async members(): Promise<readonly Member[]> {
    for (const { restPort } of this.nodes) {
      const answer = await fetch(`http://127.0.0.1:${restPort}/cluster`, { signal: AbortSignal.timeout(3000) }).catch(() => undefined);
      if (answer?.ok === true) return ((await answer.json()) as { members: Member[] }).members;
    }
    return [];
  }

  /** Waits for a primary, a synchronous standby, and all others that stream. @returns the primary */
  async whole(): Promise<PatroniNode> {
    const isWhole = (members: readonly Member[]): boolean =>
      members.filter(({ role, state }) => role === "leader" && state === "running").length === 1 &&
      members.some(({ role }) => role === "sync_standby") &&
      members.filter(({ state }) => state === "streaming").length === this.nodes.length - 1;
    let seen: readonly Member[] = [];
    await waitFor(async () => isWhole((seen = await this.members())), "all nodes to stream", 300_000).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${JSON.stringify(seen)}`);
    });
    return this.named(seen.find(({ role }) => role === "leader")!.name);
  }

  /** Asks for a switchover to the synchronous standby. @param leader - that the primary is now */
  async switchover(leader: PatroniNode): Promise<void> {
    const candidate = (await this.members()).find(({ role }) => role === "sync_standby")!.name;
    const body = JSON.stringify({ leader: leader.name, candidate });
    const answer = await fetch(`http://127.0.0.1:${leader.restPort}/switchover`, { method: "POST", body });
    if (!answer.ok) throw new Error(`the switchover was refused: ${answer.status} ${await answer.text()}`);
  }

  /** Runs SQL on the primary. */
  sql(text: string, database = "postgres"): string {
    const url = `${this.url(database)}?target_session_attrs=read-write`;
    return execFileSync(postgresProgram("psql"), ["--no-psqlrc", "--quiet", "-At", "--dbname", url, "--command", text], {
      encoding: "utf8",
    }).trim();
  }

  /** Ends all of it and removes its data. */
  async remove(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.remove()));
    const ended = once(this.etcd, "exit");
    this.etcd.stdin?.end();
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private named(name: string): PatroniNode {
    return this.nodes.find((node) => node.name === name)!;
  }
}

async function isAnswered(url: string): Promise<boolean> {
  return (await fetch(url).catch(() => undefined))?.ok === true;
}
