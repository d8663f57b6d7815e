import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Command, InvalidArgumentError, Option } from "commander";
import { PlatformError, systemCode } from "../error.js";
import { DEFAULT_PORT, type PlatformOptions, startPlatform } from "../platform.js";
import type { SyncPolicy } from "../store/embedded/log/append-log.js";
import { rehearseCharts } from "../store/postgres/rehearse.js";
import { refuseBackup } from "./changed-folder.js";

/** How long after its start a replica rehearses charts, in milliseconds: what waited for it comes first. */
const REHEARSE_AFTER_MS = 5000;

interface Flags {
  port: number;
  host: string;
  data: string;
  database?: string;
  blobs?: string;
  token?: string;
  tokenFile?: string;
  avaKey?: string;
  trustedProxy?: string[];
  sync: SyncPolicy;
}

/** @param environment - `AVA_PLATFORM_TOKEN`, `AVA_TOKEN`, `AVA_PLATFORM_KEY`, `AVA_PLATFORM_DATABASE`, `AVA_PLATFORM_BLOBS` @returns the command `serve`, which is run without a name, too */
export function serveCommand(environment: NodeJS.ProcessEnv): Command {
  return new Command("serve")
    .description("run the platform until it is told to stop")
    .option("--port <number>", "port to listen on, 0 takes a free one", parsePort, DEFAULT_PORT)
    .option("--host <address>", "address to listen on; anything but loopback needs a token", "127.0.0.1")
    .option("--data <folder>", "folder of the store; with --database, of the files of runs where there is no --blobs", "./ava-data")
    .option(
      "--database <url>",
      "PostgreSQL that keeps everything, for any number of replicas: postgres://USER:PASSWORD@HOST/NAME; better AVA_PLATFORM_DATABASE, which ps does not show",
    )
    .option(
      "--blobs <address>",
      "bucket for the files of runs: s3://BUCKET/prefix?endpoint=https://host; keys from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    )
    .addOption(
      new Option("--token <text>", "token that clients must show; other users see it in ps, so better AVA_PLATFORM_TOKEN or:").conflicts(
        "tokenFile",
      ),
    )
    .option("--token-file <file>", "file that holds the token")
    .option("--ava-key <ak:sk>", "key pair that clients of 2018 sign with; better AVA_PLATFORM_KEY, which ps does not show")
    .option(
      "--trusted-proxy <addresses>",
      "proxies whose X-Forwarded-* headers are believed: 10.0.0.7 or 10.0.0.0/8, by commas",
      parseProxies,
    )
    .addOption(
      new Option("--sync <policy>", "when a request counts as kept: in memory of the system, or on the disk")
        .choices(["none", "group"])
        .default("none"),
    )
    .action((flags: Flags) => serve(flags, environment));
}

async function serve(flags: Flags, environment: NodeJS.ProcessEnv): Promise<void> {
  const database = flags.database ?? (environment["AVA_PLATFORM_DATABASE"] || undefined);
  const blobs = flags.blobs ?? (environment["AVA_PLATFORM_BLOBS"] || undefined);
  if (database === undefined || blobs === undefined) refuseBackup(flags.data);
  const token = tokenOf(flags, environment);
  const avaKey = flags.avaKey ?? (environment["AVA_PLATFORM_KEY"] || undefined);
  const options: PlatformOptions = {
    port: flags.port,
    host: flags.host,
    dataDir: flags.data,
    sync: flags.sync,
    trustedProxies: flags.trustedProxy ?? [],
    ...(database === undefined ? {} : { database }),
    ...(blobs === undefined ? {} : { blobs }),
    ...(token === undefined ? {} : { token }),
    ...(avaKey === undefined ? {} : { avaKey }),
  };
  const platform = await startPlatform(options);
  process.stdout.write(`ava-platform listens on ${platform.url}\n`);
  if (platform.madeToken !== undefined) process.stdout.write(`Its token, shown this once: ${platform.madeToken}\n`);
  const ending = new AbortController();
  if (database !== undefined) void rehearse(ending.signal);
  await stopSignal();
  ending.abort();
  await platform.close();
}

async function rehearse(signal: AbortSignal): Promise<void> {
  try {
    await delay(REHEARSE_AFTER_MS, undefined, { ref: false, signal });
    await rehearseCharts(signal);
  } catch (error) {
    if (!signal.aborted) process.stderr.write(`Charts could not be rehearsed, the first ones will be slower: ${String(error)}\n`);
  }
}

/** An empty variable counts as absent, as compose files leave them; an empty flag or file is a mistake that must not open the platform. */
function tokenOf({ token, tokenFile }: Flags, environment: NodeJS.ProcessEnv): string | undefined {
  if (token !== undefined) return token;
  if (tokenFile === undefined) return environment["AVA_PLATFORM_TOKEN"] || environment["AVA_TOKEN"] || undefined;
  try {
    return readFileSync(tokenFile, "utf8").trim();
  } catch (error) {
    throw new PlatformError("usage", `The file ${tokenFile} of --token-file cannot be read: ${systemCode(error) ?? String(error)}.`);
  }
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError("It must be 0 to 65535.");
  return port;
}

function parseProxies(text: string): string[] {
  const proxies = text.split(",").map((proxy) => proxy.trim());
  for (const proxy of proxies) {
    const [address = "", prefix = "0"] = proxy.split("/");
    const bits = isIP(address) === 6 ? 128 : 32;
    if (isIP(address) === 0 || !/^\d+$/.test(prefix) || Number(prefix) > bits) {
      throw new InvalidArgumentError(`${JSON.stringify(proxy)} is neither an address nor a network such as 10.0.0.0/8.`);
    }
  }
  return proxies;
}
