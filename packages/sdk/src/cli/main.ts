import { createRequire } from "node:module";
import { Command } from "commander";
import { buildAgentCommand } from "./agent.js";
import { buildChangeCommands } from "./change.js";
import { buildDownloadCommand } from "./download.js";
import { buildExportCommand } from "./export.js";
import { buildImportCommand } from "./import.js";
import { buildListCommand } from "./list.js";
import { USAGE_EXIT_CODE } from "./options.js";
import { buildParamsCommand } from "./params.js";
import { buildParseCommand } from "./parse.js";
import { buildReparseCommand } from "./reparse.js";
import { buildRulesCommand } from "./rules-command.js";
import { buildRunCommand } from "./run.js";
import { buildShowCommand } from "./show.js";
import { buildSyncCommand } from "./sync.js";
import { buildUploadCommand } from "./upload.js";
import { buildViewsCommand } from "./views.js";

/**
 * Runs the command line `ava-sdk`.
 *
 * @param args - arguments after the program's name
 */
export async function main(args: readonly string[]): Promise<void> {
  const { version } = createRequire(import.meta.url)("ava-sdk/package.json") as { version: string };
  const program = new Command("ava-sdk")
    .description("Records training runs: metrics, log, params, models and how they ended.")
    .version(version)
    .enablePositionalOptions();
  for (const command of [
    buildRunCommand(),
    buildParseCommand(),
    buildReparseCommand(),
    buildRulesCommand(),
    buildParamsCommand(),
    buildSyncCommand(),
    buildUploadCommand(),
    buildDownloadCommand(),
    buildListCommand(),
    buildViewsCommand(),
    buildShowCommand(),
    ...buildChangeCommands(),
    buildExportCommand(),
    buildImportCommand(),
    buildAgentCommand(version),
  ])
    program.addCommand(command);
  exitWithUsageCode(program);
  process.stdout.on("error", endUnwritten);
  await program.parseAsync(args, { from: "user" });
}

/** A wrong command line exits with 2 everywhere; commander's own is 1. */
function exitWithUsageCode(command: Command): void {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : USAGE_EXIT_CODE));
  for (const child of command.commands) exitWithUsageCode(child);
}

/** A reader that goes away, as `head` does, is not an error: the command goes on. A disk that is full, or anything else that refuses its output, ends it. */
function endUnwritten({ code, message }: NodeJS.ErrnoException): void {
  if (code === "EPIPE") return;
  process.stderr.write(`ava-sdk: can't write standard output (${code ?? message})\n`);
  process.exit(1);
}
