import type { Command } from "commander";

/**
 * A folder that is named counts before the variable, which is also set where a backup or another store is looked at.
 *
 * @param named - of `--database`
 * @param command - has `--data` and `--database`
 * @returns the database that a command is about; `undefined` for a folder
 */
export function databaseOf(named: string | undefined, command: Command, environment: NodeJS.ProcessEnv): string | undefined {
  if (named !== undefined || command.getOptionValueSource("data") === "cli") return named;
  return environment["AVA_PLATFORM_DATABASE"] || undefined;
}
