import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import { PlatformError } from "./error.js";
import { DEFAULT_PORT, type PlatformOptions, startPlatform } from "./platform.js";
import type { SyncPolicy } from "./store/log/append-log.js";

interface Flags {
  port: number;
  host: string;
  data: string;
  database?: string;
  token?: string;
  sync: SyncPolicy;
}

/**
 * Runs the command line until it is told to stop.
 *
 * @param argv - arguments without node and script
 * @param environment - `AVA_TOKEN` is read
 * @returns exit code: 0 stopped, 1 could not start, 2 usage
 */
export async function runCli(argv: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
  const command = new Command("ava-platform")
    .description("Keeps and shows training runs: HTTP API, store and web portal in one process.")
    .version(version)
    .option("--port <number>", "port to listen on, 0 takes a free one", parsePort, DEFAULT_PORT)
    .option("--host <address>", "address to listen on; anything but loopback needs a token", "127.0.0.1")
    .option("--data <folder>", "folder of the store", "./ava-data")
    .option("--database <url>", "PostgreSQL, for several replicas (not there yet)")
    .option("--token <text>", "token that clients must show (or AVA_TOKEN)")
    .addOption(
      new Option("--sync <policy>", "when a request counts as kept: in memory of the system, or on the disk")
        .choices(["none", "group"])
        .default("none"),
    )
    .allowExcessArguments(false)
    .exitOverride();
  try {
    command.parse(argv, { from: "user" });
  } catch (error) {
    // Commander has printed what is wrong, or the help.
    return (error as { exitCode?: number }).exitCode === 0 ? 0 : 2;
  }
  const flags = command.opts<Flags>();
  if (flags.database !== undefined) {
    process.stderr.write("ava-platform: --database is not there yet; this version keeps everything in the folder given with --data.\n");
    return 2;
  }
  return run(flags, flags.token ?? environment["AVA_TOKEN"]);
}

async function run(flags: Flags, token: string | undefined): Promise<number> {
  const options: PlatformOptions = { port: flags.port, host: flags.host, dataDir: flags.data, sync: flags.sync };
  if (token !== undefined && token !== "") options.token = token;
  try {
    const platform = await startPlatform(options);
    process.stdout.write(`ava-platform listens on ${platform.url}\n`);
    if (platform.madeToken !== undefined) process.stdout.write(`Its token, shown this once: ${platform.madeToken}\n`);
    await stopSignal();
    await platform.close();
    return 0;
  } catch (error) {
    const isExpected = error instanceof PlatformError;
    process.stderr.write(`ava-platform: ${isExpected ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
    return 1;
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
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError("It must be 0 to 65535.");
  return port;
}
