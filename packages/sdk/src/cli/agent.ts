import { Command } from "commander";
import { AvaError } from "../place/error.js";
import { readEnvironment } from "../place/settings/environment.js";
import { failUsage } from "./options.js";

interface AgentFlags {
  listen?: string;
  token?: string;
  stay?: true;
}

/** @param version - of the SDK @returns the command `ava-sdk agent` */
export function buildAgentCommand(version: string): Command {
  return new Command("agent")
    .description("Ship runs, parse logs and store snapshots for clients in other languages. See docs/formats/agent.md.")
    .option("--listen <address>", "unix:/PATH or tcp:HOST:PORT; default: one client on stdin and stdout")
    .option("--token <token>", "token that clients have to give (AVA_TOKEN)")
    .option("--stay", "do not end when there is nothing to do")
    .action((flags: AgentFlags) => agent(flags, version));
}

async function agent(flags: AgentFlags, version: string): Promise<void> {
  // Only this command needs it.
  const [{ runAgent }, { isLocal, parseAddress }] = await Promise.all([import("../agent/run-agent.js"), import("../agent/listen.js")]);
  try {
    const address = flags.listen === undefined ? undefined : parseAddress(flags.listen);
    const token = flags.token ?? (address && "host" in address ? readEnvironment().token : undefined);
    if (address && !isLocal(address) && !token)
      failUsage(`--listen ${flags.listen}: other machines may connect; give --token or AVA_TOKEN`);
    await runAgent({
      version,
      ...(address ? { address } : {}),
      ...(token ? { token } : {}),
      ...(flags.stay ? { shouldStay: true } : {}),
    });
  } catch (error) {
    if (!(error instanceof AvaError)) throw error;
    process.stderr.write(`ava-sdk: ${error.message}\n`);
    process.exit(1);
  }
}
