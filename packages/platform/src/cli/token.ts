import { existsSync } from "node:fs";
import { Command } from "commander";
import { keptToken, renewToken } from "../access/token-file.js";
import { PlatformError } from "../error.js";

/** @returns the command `token`: prints the token that a data folder keeps */
export function tokenCommand(): Command {
  return new Command("token")
    .description("print the token that the platform made; make it where there is none yet")
    .option("--data <folder>", "folder of the store", "./ava-data")
    .option("--renew", "make another one; it is needed from the platform's next start on, and ends all sessions")
    .action(({ data, renew }: { data: string; renew?: boolean }) => {
      if (!existsSync(data)) throw new PlatformError("data_dir_unusable", `There is no folder ${data}. Name the platform's with --data.`);
      process.stdout.write(`${renew === true ? renewToken(data) : keptToken(data).token}\n`);
    });
}
