import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fetcher } from "ava-sdk/transfer";
import type { Trial, TrialResult } from "./trial.js";

const BYTES = 1024 ** 3;

/** Serves `Number(process.argv[1])` bytes with ranges and Kodo's etag of them, from memory: the server is not what is measured. */
const SERVER = `
const { createServer } = require("node:http");
const { createHash } = require("node:crypto");
const size = Number(process.argv[1]);
const block = Buffer.alloc(4 << 20, 7);
const sha1 = (bytes) => createHash("sha1").update(bytes).digest();
const digests = Buffer.concat(Array(size / block.length).fill(sha1(block)));
const etag = JSON.stringify(Buffer.concat([Buffer.of(0x96), sha1(digests)]).toString("base64url"));
createServer((request, response) => {
  const [, from, to] = /bytes=(\\d+)-(\\d+)/.exec(request.headers.range ?? "") ?? [];
  const start = Number(from ?? 0);
  const end = to === undefined ? size : Math.min(size, Number(to) + 1);
  const range = from === undefined ? {} : { "content-range": "bytes " + start + "-" + (end - 1) + "/" + size };
  response.writeHead(from === undefined ? 200 : 206, { etag, "content-length": end - start, ...range });
  let at = start;
  const go = () => {
    while (at < end) {
      const piece = block.subarray(0, Math.min(block.length, end - at));
      at += piece.length;
      if (!response.write(piece)) return void response.once("drain", go);
    }
    response.end();
  };
  go();
}).listen(0, "127.0.0.1", function () { console.log(this.address().port); });
`;

async function portOf(server: ChildProcess): Promise<number> {
  const [line] = (await once(server.stdout as NonNullable<ChildProcess["stdout"]>, "data")) as [Buffer];
  return Number(line.toString());
}

/** What one way of downloading took. */
interface Cost {
  megabytesPerS: number;
  /** CPU time of all its threads and processes in seconds, which neighbours on the machine disturb least. */
  cpuS: number;
}

async function costOf(work: () => Promise<number | undefined>): Promise<Cost> {
  const before = process.cpuUsage();
  const startMs = performance.now();
  const childCpuS = await work();
  const megabytesPerS = BYTES / 1000 / (performance.now() - startMs);
  const { user, system } = process.cpuUsage(before);
  return { megabytesPerS, cpuS: childCpuS ?? (user + system) / 1e6 };
}

/** @returns CPU time of the commands in seconds, as the shell's `times` tells it */
async function shell(script: string, ...args: string[]): Promise<number> {
  const child = spawn("bash", ["-ec", `${script}; times`, "bash", ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  child.stdout.on("data", (chunk: Buffer) => {
    out += chunk.toString();
  });
  const [exitCode] = (await once(child, "close")) as [number];
  if (exitCode !== 0) throw new Error(`'${script}' ended with ${exitCode}`);
  return [...out.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
}

async function fetchHugeFile(url: string, file: string): Promise<undefined> {
  using fetcher = new Fetcher();
  const [, err] = await fetcher.fetchHugeFile(url, file);
  if (err) throw err;
}

async function run(): Promise<TrialResult> {
  const folder = await mkdtemp(join(tmpdir(), "ava-bench-download-"));
  const server = spawn(process.execPath, ["-e", SERVER, String(BYTES)], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const url = `http://127.0.0.1:${await portOf(server)}/`;
    const file = join(folder, "file");
    // Not measured: the download that writes first pays for memory that the machine takes back into use, which can be more than the download itself.
    await shell('curl -sS -o "$1" "$2"', file, url);
    await rm(file);
    const ours = await costOf(() => fetchHugeFile(url, file));
    await rm(file);
    const curl = await costOf(() => shell('curl -sS -o "$1" "$2"', file, url));
    await rm(file);
    // The same work: the bytes are in a file and their hash is known.
    const checked = await costOf(() => shell('curl -sS -o "$1" "$2"; sha1sum "$1" > /dev/null', file, url));
    return {
      figures: [
        { label: "fetchHugeFile: to file, hashed, resumable", value: ours.megabytesPerS, unit: "MB/s" },
        { label: "curl: to file", value: curl.megabytesPerS, unit: "MB/s" },
        { label: "curl and sha1sum: to file, hashed", value: checked.megabytesPerS, unit: "MB/s" },
        { label: "fetchHugeFile", value: ours.cpuS, unit: "CPU s" },
        { label: "curl", value: curl.cpuS, unit: "CPU s" },
        { label: "curl and sha1sum", value: checked.cpuS, unit: "CPU s" },
      ],
      ratios: [{ label: "CPU time of curl and sha1sum / fetchHugeFile", value: checked.cpuS / ours.cpuS, goal: 0.6 }],
    };
  } finally {
    server.kill();
    await rm(folder, { recursive: true });
  }
}

/** 1 GiB over loopback to a file, against curl in the same run. */
export const download: Trial = { name: "download", run };
