import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "ava-platform";
import Database from "libsql";
import { type Batches, makeBatches } from "./batches.js";
import type { Trial, TrialResult } from "./trial.js";

const BODY_BYTES = 500_000;
const CONNECTIONS = 2;
const BODIES_PER_CONNECTION = 60;
const ROWS = 200_000;

const PLATFORM = `
  import { startPlatform } from "ava-platform";
  const { url } = await startPlatform({ port: 0, dataDir: process.argv[1] });
  console.log(url);
`;

const SINK = `
  import { createServer } from "node:http";
  const server = createServer((request, response) => {
    request.on("data", () => {});
    request.on("end", () => response.end('{"ack":1}'));
  });
  server.listen(0, "127.0.0.1", () => console.log("http://127.0.0.1:" + server.address().port));
`;

/** Points a second over HTTP beside a server that throws the same bodies away, and into the store beside a row for each point. */
export const ingest: Trial = {
  name: "ingest",
  async run(): Promise<TrialResult> {
    const folder = mkdtempSync(join(tmpdir(), "ava-bench-"));
    try {
      const senders = Array.from({ length: CONNECTIONS }, (_, i) => makeBatches(`bench-writer-${i}`, BODIES_PER_CONNECTION, BODY_BYTES));
      const points = senders.reduce((sum, sender) => sum + sender.points, 0);
      const megabytes = senders.reduce((sum, sender) => sum + sender.bytes, 0) / 1e6;
      const sinkSeconds = await sendAll(SINK, join(folder, "none"), senders);
      const httpSeconds = await sendAll(PLATFORM, join(folder, "http"), senders);
      const storeSeconds = await storeAll(join(folder, "store"), senders);
      const rowsPerSecond = insertRows(join(folder, "rows.db"));
      const storePerSecond = points / storeSeconds;
      return {
        figures: [
          { label: "HTTP, sink", value: megabytes / sinkSeconds, unit: "MB/s" },
          { label: "HTTP, platform", value: megabytes / httpSeconds, unit: "MB/s" },
          { label: "HTTP, platform", value: points / httpSeconds / 1e6, unit: "M points/s" },
          { label: "store in process, with checkpoints", value: storePerSecond / 1e6, unit: "M points/CPU s" },
          { label: "libsql, a row for each point", value: rowsPerSecond / 1e6, unit: "M points/CPU s" },
        ],
        ratios: [
          { label: "HTTP bytes, platform / sink", value: sinkSeconds / httpSeconds, goal: 0.25 },
          { label: "store / libsql rows", value: storePerSecond / rowsPerSecond, goal: 20 },
        ],
      };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function sendAll(program: string, dataDir: string, senders: Batches[]): Promise<number> {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program, dataDir], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const url = await firstLine(child);
    const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
    const started = performance.now();
    await Promise.all(
      senders.map(async ({ bodies }, i) => {
        for (const body of bodies) await post(agent, `${url}/v1/instances/bench-${i}/records`, body);
      }),
    );
    agent.destroy();
    return (performance.now() - started) / 1000;
  } finally {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  const [line] = (await once(child.stdout!, "data")) as [Buffer];
  return line.toString().trim();
}

function post(agent: Agent, url: string, body: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/x-ava-records", "content-length": body.length };
    const sent = request(url, { method: "POST", agent, headers }, (answer) => {
      answer.resume().on("end", () => (answer.statusCode === 200 ? resolve() : reject(new Error(`answered ${answer.statusCode}`))));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

async function storeAll(dataDir: string, senders: Batches[]): Promise<number> {
  const store = openStore({ dataDir });
  const started = process.cpuUsage();
  for (const [i, { bodies }] of senders.entries()) for (const body of bodies) await store.takeRecords(`bench-${i}`, body);
  await store.close();
  return cpuSeconds(started);
}

/** Time of this process on a processor: what neighbours on the machine take does not count. */
function cpuSeconds(started: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1e6;
}

/** Points a second, in transactions of 1000. */
function insertRows(path: string): number {
  const db = new Database(path);
  db.exec("PRAGMA journal_mode = WAL");
  db.exec("PRAGMA synchronous = NORMAL");
  db.exec(
    "CREATE TABLE points (series INTEGER, step REAL, time INTEGER, epoch REAL, value REAL, PRIMARY KEY (series, step)) WITHOUT ROWID",
  );
  const insert = db.prepare("INSERT INTO points VALUES (?, ?, ?, ?, ?)");
  const started = process.cpuUsage();
  for (let row = 0; row < ROWS; row += 1000) {
    db.exec("BEGIN");
    for (let i = row; i < row + 1000; i++) insert.run(i % 3, i, 1_700_000_000_000 + i, 0, Math.sin(i));
    db.exec("COMMIT");
  }
  const seconds = cpuSeconds(started);
  db.close();
  return ROWS / seconds;
}
