import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const PROGRAM = join(dirname(createRequire(import.meta.url).resolve("ava-platform/package.json")), "bin/ava-platform.js");

/** A platform in a process of its own, started as those of `deploy/` are. */
export class Replica {
  readonly url: string;
  private readonly child: ChildProcess;
  private readonly folder: string;

  private constructor(url: string, child: ChildProcess, folder: string) {
    this.url = url;
    this.child = child;
    this.folder = folder;
  }

  /** @param flags - of the platform, beside `--port` and `--data` */
  static async start(...flags: string[]): Promise<Replica> {
    const folder = mkdtempSync(join(tmpdir(), "ava-scale-replica-"));
    const args = [PROGRAM, "serve", "--port", "0", "--data", folder, ...flags];
    const child = spawn(process.execPath, ["--initial-old-space-size=256", ...args], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    const url = /http:\S+/.exec(line.toString())?.[0];
    if (url === undefined) throw new Error(`The platform says: ${line.toString()}`);
    return new Replica(url, child, folder);
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** @returns a figure of `GET /metrics` */
  async figure(name: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
  }

  async stop(): Promise<void> {
    const ended = once(this.child, "exit");
    this.child.kill("SIGTERM");
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}
