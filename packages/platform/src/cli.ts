import { readFileSync } from "node:fs";
import { Command } from "commander";
import { backupCommand, restoreCommand } from "./cli/backup.js";
import { checkCommand } from "./cli/check.js";
import { migrateCommand } from "./cli/migrate.js";
import { pruneCommand } from "./cli/prune.js";
import { serveCommand } from "./cli/serve.js";
import { tokenCommand } from "./cli/token.js";
import { PlatformError } from "./error.js";
import { FOR_SENDERS } from "./store/postgres/connect/advice.js";

/**
 * Runs the command line until it is told to stop.
 *
 * @param argv - arguments without node and script
 * @param environment - `AVA_PLATFORM_TOKEN`, `AVA_TOKEN`, `AVA_PLATFORM_KEY` and `AVA_PLATFORM_DATABASE` are read
 * @returns exit code: 0 stopped or done, 1 could not start or found damage, 2 usage
 */
export async function runCli(argv: readonly string[], environment: NodeJS.ProcessEnv): Promise<number> {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", passWithoutReader);
  const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string };
  const program = new Command("ava-platform")
    .description("Keeps and shows training runs: HTTP API, store and web portal in one process.")
    .version(version)
    .exitOverride();
  const serve = serveCommand(environment);
  program.addCommand(serve, { isDefault: true });
  program.addCommand(tokenCommand(environment));
  program.addCommand(checkCommand(environment));
  program.addCommand(backupCommand());
  program.addCommand(restoreCommand());
  program.addCommand(migrateCommand(environment));
  program.addCommand(pruneCommand());
  program.addHelpText("after", () => `\nWithout a command it serves:\n\n${serve.helpInformation()}`);
  for (const command of program.commands) command.allowExcessArguments(false).exitOverride();
  const names = program.commands.map((command) => command.name());
  const [first = ""] = argv;
  if (/^\w/.test(first) && ![...names, "help"].includes(first)) {
    process.stderr.write(`ava-platform: There is no command ${first}. There are: ${names.join(", ")}.\n`);
    return 2;
  }
  try {
    await program.parseAsync(argv, { from: "user" });
    return 0;
  } catch (error) {
    // Commander has printed what is wrong, or the help.
    if (error instanceof Error && "exitCode" in error) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`ava-platform: ${told(error)}\n`);
    return error instanceof PlatformError && error.code === "usage" ? 2 : 1;
  }
}

/** What the system refuses is told by its message; only a mistake of ours needs a stack. */
function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof PlatformError) return error.message.replace(` ${FOR_SENDERS}`, "");
  return "syscall" in error ? error.message : (error.stack ?? error.message);
}

/** A reader that goes away, as `head` does, ends neither a platform nor a command. */
function passWithoutReader(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}
