import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** As the command, with checkpoints so often that kills fall into them. */
const OFTEN_CHECKPOINTED = `
  import { startPlatform } from "ava-platform";
  const platform = await startPlatform({ port: 0, dataDir: process.argv[1], checkpointBytes: 150_000, checkpointMs: 150 });
  console.log(platform.url);
  process.once("SIGTERM", () => platform.close());
`;

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BIN = fileURLToPath(new URL("../../packages/platform/bin/ava-platform.js", import.meta.url));

/** A platform in a process of its own. */
export interface PlatformProcess {
  child: ChildProcess;
  url: string;
  /** What it wrote to standard error so far. */
  errors: () => string;
  /** Ends it and waits for that. */
  end: (signal: NodeJS.Signals) => Promise<number | null>;
}

/** @returns program and arguments of the built command on a free port */
export function platformCommand(dataDir: string): string[] {
  return [process.execPath, BIN, "--port", "0", "--data", dataDir];
}

/** @returns program and arguments of a platform that makes a checkpoint every 150 kB and every 150 ms */
export function oftenCheckpointed(dataDir: string): string[] {
  return [process.execPath, "--input-type=module", "--eval", OFTEN_CHECKPOINTED, dataDir];
}

/**
 * Starts a platform in a process of its own.
 *
 * @param command - program and arguments
 * @returns when it listens
 */
export async function startPlatformProcess([program, ...args]: string[]): Promise<PlatformProcess> {
  const child = spawn(program!, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  const url = await new Promise<string>((resolve, reject) => {
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      const [found] = /http:\S+/.exec(output) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.once("exit", (code) => reject(new Error(`ended with ${code}: ${errors}`)));
  });
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
    return child.exitCode;
  };
  return { child, url, errors: () => errors, end };
}
