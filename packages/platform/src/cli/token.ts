import { existsSync } from "node:fs";
import { Command } from "commander";
import { keptToken, newToken, renewToken } from "../access/token-file.js";
import { PlatformError } from "../error.js";
import { renewSecret, sharedSecret } from "../replicas/shared-secret.js";
import { withDatabase } from "../store/postgres/with-database.js";
import { databaseOf } from "./database-flag.js";

interface Flags {
  data: string;
  database?: string;
  renew?: boolean;
}

/** The command cannot know how platforms were started. */
const FOR_WHOM =
  "This is the token of platforms that were started without one. One with --token, --token-file, AVA_PLATFORM_TOKEN or AVA_TOKEN wants that one instead.";

/** @returns the command `token`: prints the token that a data folder, or a database, keeps */
export function tokenCommand(environment: NodeJS.ProcessEnv): Command {
  return new Command("token")
    .description("print the token that the platform made; make it where there is none yet")
    .option("--data <folder>", "folder of the store", "./ava-data")
    .option("--database <url>", "PostgreSQL of the platform, in place of the folder; AVA_PLATFORM_DATABASE")
    .option("--renew", "make another one; it is needed from the platform's next start on, and ends all sessions")
    .action(async ({ data, database: named, renew = false }: Flags, command: Command) => {
      const database = databaseOf(named, command, environment);
      const token = database === undefined ? tokenIn(data, renew) : await tokenOf(database, renew);
      process.stdout.write(`${token}\n`);
      process.stderr.write(`${FOR_WHOM}\n`);
    });
}

function tokenIn(data: string, isRenewed: boolean): string {
  if (!existsSync(data)) throw new PlatformError("data_dir_unusable", `There is no folder ${data}. Name the platform's with --data.`);
  return isRenewed ? renewToken(data) : keptToken(data).token;
}

function tokenOf(url: string, isRenewed: boolean): Promise<string> {
  return withDatabase(url, async (ask) => {
    if (isRenewed) await renewSecret(ask, "token", newToken());
    return (await sharedSecret(ask, "token", newToken())).value;
  });
}
