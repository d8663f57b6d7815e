import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { repositoryPath } from "./paths.js";

/** @returns a port of loopback that was free a moment ago */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** Where a platform listens and keeps what it has, and who gets in. */
export interface PlatformAccess {
  host?: string;
  token?: string;
  avaKey?: string;
  /** Address of a PostgreSQL database. */
  database?: string;
  /** Address of a bucket, and the keys for it. */
  blobs?: string;
  blobKeys?: { accessKey: string; secretKey: string };
  /** Journals are sealed so often that kills fall into it. */
  isOftenSealed?: boolean;
}

const OFTEN_SEALED = `
  import { startPlatform } from "ava-platform";
  const [port, dataDir] = process.argv.slice(1);
  const often = { checkpointBytes: 20_000, checkpointMs: 500 };
  const { AVA_PLATFORM_DATABASE: database, AVA_PLATFORM_BLOBS: blobs } = process.env;
  const platform = await startPlatform({ port: Number(port), dataDir, database, ...(blobs ? { blobs } : {}), ...often });
  console.log(platform.url);
  process.once("SIGTERM", () => platform.close());
`;

/** A real platform process on a port of its own, which can be stopped, killed and started again on the same data. */
export class PlatformProcess {
  readonly port: number;
  readonly dataDir: string = mkdtempSync(path.join(tmpdir(), "ava-data-"));
  private readonly access: PlatformAccess;
  private child: ChildProcess | undefined;

  constructor(port: number, access: PlatformAccess = {}) {
    this.port = port;
    this.access = access;
  }

  get url(): string {
    return `http://${this.host}:${this.port}`;
  }

  async start(): Promise<void> {
    const bin = repositoryPath("packages/platform/bin/ava-platform.js");
    const { token = "", avaKey = "", database = "", blobs = "", blobKeys } = this.access;
    const port = String(this.port);
    const args =
      this.access.isOftenSealed === true
        ? ["--input-type=module", "--eval", OFTEN_SEALED, port, this.dataDir]
        : [bin, "--port", port, "--host", this.host, "--data", this.dataDir];
    const child = spawn(process.execPath, args, {
      cwd: repositoryPath("."),
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        ...process.env,
        AVA_PLATFORM_TOKEN: token,
        AVA_PLATFORM_KEY: avaKey,
        AVA_PLATFORM_DATABASE: database,
        AVA_PLATFORM_BLOBS: blobs,
        ...(blobKeys === undefined ? {} : { AWS_ACCESS_KEY_ID: blobKeys.accessKey, AWS_SECRET_ACCESS_KEY: blobKeys.secretKey }),
      },
    });
    this.child = child;
    await new Promise<void>((resolve, reject) => {
      child.stdout.on("data", (chunk: Buffer) => {
        if (String(chunk).includes(`:${this.port}`)) resolve();
      });
      child.once("exit", () => reject(new Error("the platform ended before it listened")));
    });
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
  }

  /** Sends a signal and waits for nothing. */
  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  private get host(): string {
    return this.access.host ?? "127.0.0.1";
  }

  private fetch(route: string): Promise<Response> {
    const { token } = this.access;
    return fetch(this.url + route, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
  }

  async get<Answer>(route: string): Promise<Answer> {
    const answer = await this.fetch(route);
    if (!answer.ok) throw new Error(`${route}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Answer;
  }

  /** The whole log of an instance. */
  async logOf(id: string): Promise<string> {
    let text = "";
    for (let offset = 0; ; ) {
      const piece = await this.get<{ text: string; nextOffset: number; size: number }>(
        `/v1/instances/${id}/logs?offset=${offset}&limit=1000000`,
      );
      text += piece.text;
      offset = piece.nextOffset;
      if (offset >= piece.size || piece.text === "") return text;
    }
  }

  /** Every point of an instance as the export gives it. */
  async pointsOf(id: string): Promise<ExportedPoint[]> {
    const answer = await this.fetch(`/v1/instances/${id}/export?format=jsonl`);
    const text = await answer.text();
    return text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line) as ExportedPoint);
  }
}

/** One line of the export. */
export interface ExportedPoint {
  name: string;
  labels: Record<string, string>;
  step: number;
  epoch?: number;
  value: number | string;
}
