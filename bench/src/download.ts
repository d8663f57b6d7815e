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

/** @returns megabytes a second */
async function timed(work: () => Promise<void>): Promise<number> {
  const startMs = performance.now();
  await work();
  return BYTES / 1000 / (performance.now() - startMs);
}

async function command(name: string, ...args: string[]): Promise<void> {
  const child = spawn(name, args, { stdio: ["ignore", "ignore", "inherit"] });
  const [exitCode] = (await once(child, "close")) as [number];
  if (exitCode !== 0) throw new Error(`${name} ended with ${exitCode}`);
}

async function fetchHugeFile(url: string, file: string): Promise<void> {
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
    const ours = await timed(() => fetchHugeFile(url, file));
    await rm(file);
    const curled = await timed(() => command("curl", "-sS", "-o", file, url));
    await rm(file);
    // The same work: the bytes are in a file and their hash is known.
    const checked = await timed(async () => {
      await command("curl", "-sS", "-o", file, url);
      await command("sha1sum", file);
    });
    return {
      figures: [
        { label: "fetchHugeFile: to file, hashed, resumable", value: ours, unit: "MB/s" },
        { label: "curl: to file", value: curled, unit: "MB/s" },
        { label: "curl and sha1sum: to file, hashed", value: checked, unit: "MB/s" },
      ],
      ratios: [
        { label: "fetchHugeFile / curl", value: ours / curled, goal: 0.3 },
        { label: "fetchHugeFile / curl and sha1sum", value: ours / checked, goal: 0.6 },
      ],
    };
  } finally {
    server.kill();
    await rm(folder, { recursive: true });
  }
}

/** 1 GiB over loopback to a file, against curl in the same run. */
export const download: Trial = { name: "download", run };
