// OpenStack Swift with its S3 API: a store that none of us wrote, which checks signatures (SigV4), MD5s and the etags of parts.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { waitFor } from "./ava.js";
import { freePort } from "./platform.js";

const PACKAGES = ["swift", "swift-proxy", "swift-account", "swift-container", "swift-object"];

/** Services that keep something. */
const KEEPERS = ["account", "container", "object"] as const;

/** The one account of the store. */
export const SWIFT_ACCOUNT = { accessKey: "test:tester", secretKey: "swift-test-secret" };

/**
 * Installs Swift from Debian's packages where it is missing; their own services are not started.
 *
 * @returns why there is none; `undefined` when it is there
 */
export function ensureSwift(): string | undefined {
  if (existsSync("/usr/bin/swift-proxy-server")) return undefined;
  if (!existsSync("/usr/bin/apt-get")) return "there is no apt-get";
  if (process.getuid?.() !== 0) return `only root may install it: apt-get install ${PACKAGES.join(" ")}`;
  // What is started at run level 1 is next to nothing.
  const env = { ...process.env, RUNLEVEL: "1", DEBIAN_FRONTEND: "noninteractive" };
  execFileSync("apt-get", ["update", "-qq"], { env, stdio: "ignore" });
  execFileSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...PACKAGES], { env, stdio: "ignore" });
  return undefined;
}

/** A store on loopback, with all its data in a folder of its own. */
export class SwiftProcess {
  readonly endpoint: string;
  private readonly folder: string;
  private readonly children: ChildProcess[] = [];

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.endpoint = `http://127.0.0.1:${port}`;
  }

  /** @returns a store that answers */
  static async start(): Promise<SwiftProcess> {
    const folder = mkdtempSync(path.join(tmpdir(), "ava-swift-"));
    const port = await freePort();
    const swift = new SwiftProcess(folder, port);
    mkdirSync(path.join(folder, "devices/d"), { recursive: true });
    for (const name of KEEPERS) {
      const keeperPort = await freePort();
      swift.makeRing(name, keeperPort);
      swift.run(name, keeperPort, ["[pipeline:main]", `pipeline = ${name}-server`, `[app:${name}-server]`, `use = egg:swift#${name}`]);
    }
    swift.run("proxy", port, proxyConfig(await freePort()));
    const isUp = () =>
      fetch(`${swift.endpoint}/healthcheck`).then(
        ({ ok }) => ok,
        () => false,
      );
    await waitFor(isUp, "Swift to answer");
    return swift;
  }

  async stop(): Promise<void> {
    for (const child of this.children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    }
    rmSync(this.folder, { recursive: true });
  }

  private makeRing(name: string, port: number): void {
    const builder = path.join(this.folder, `${name}.builder`);
    for (const args of [["create", "4", "1", "1"], ["add", `r1z1-127.0.0.1:${port}/d`, "1"], ["rebalance"]]) {
      execFileSync("swift-ring-builder", [builder, ...args], { stdio: "ignore" });
    }
  }

  private run(name: string, port: number, sections: readonly string[]): void {
    const config = path.join(this.folder, `${name}.conf`);
    const defaults = [
      "[DEFAULT]",
      "bind_ip = 127.0.0.1",
      `bind_port = ${port}`,
      // No process besides the one that is killed in the end.
      "workers = 0",
      `user = ${userInfo().username}`,
      `swift_dir = ${this.folder}`,
      `devices = ${path.join(this.folder, "devices")}`,
      "mount_check = false",
    ];
    writeFileSync(config, [...defaults, ...sections, ""].join("\n"));
    this.children.push(spawn(`swift-${name}-server`, [config], { stdio: "ignore" }));
  }
}

/** @param memcachePort - one where nothing listens: the cache has to be named, but is not needed */
function proxyConfig(memcachePort: number): string[] {
  const { accessKey, secretKey } = SWIFT_ACCOUNT;
  const [account, user] = accessKey.split(":");
  return [
    "[pipeline:main]",
    "pipeline = catch_errors healthcheck cache s3api tempauth slo proxy-server",
    ...["catch_errors", "healthcheck", "s3api", "slo"].flatMap((name) => [`[filter:${name}]`, `use = egg:swift#${name}`]),
    "[filter:cache]",
    "use = egg:swift#memcache",
    `memcache_servers = 127.0.0.1:${memcachePort}`,
    "[filter:tempauth]",
    "use = egg:swift#tempauth",
    `user_${account}_${user} = ${secretKey} .admin`,
    "[app:proxy-server]",
    "use = egg:swift#proxy",
    "account_autocreate = true",
  ];
}
