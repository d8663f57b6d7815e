import { Command } from "commander";
import { damageOf, isBackup, readManifest } from "../backup/manifest.js";
import { Blobs } from "../blobs/blobs.js";
import { counted } from "../counted.js";
import { PlatformError } from "../error.js";
import { checkStore } from "../store/embedded/check.js";
import { DAMAGE_ADVICE } from "../store/embedded/damage.js";
import { checkPostgres } from "../store/postgres/check.js";
import { withoutPassword } from "../store/postgres/connect/hosts.js";
import { databaseOf } from "./database-flag.js";

/** What was found in a folder or a database. */
interface Found {
  /** What was looked at, without secrets. */
  where: string;
  damage: { file?: string; place: string; what: string }[];
  checked: Record<string, number>;
  advice: string;
}

interface Flags {
  data: string;
  database?: string;
  blobs?: string;
  json?: boolean;
}

/** @param environment - `AVA_PLATFORM_DATABASE` @returns the command `check`: lists what is damaged in a data folder, a backup or a database */
export function checkCommand(environment: NodeJS.ProcessEnv): Command {
  return new Command("check")
    .description(
      "list what is damaged in a data folder, a backup or a database, also while a platform has it open; exit code 0: whole, 1: damage",
    )
    .option("--data <folder>", "folder of the store", "./ava-data")
    .option("--database <url>", "PostgreSQL of the platform, in place of the folder; AVA_PLATFORM_DATABASE")
    .option("--blobs <address>", "bucket of the platform, where it has one beside PostgreSQL; AVA_PLATFORM_BLOBS")
    .option("--json", 'print {"isWhole", "damage": [{"file", "place", "what"}], "checked"}')
    .action(async ({ data, database: named, blobs, json }: Flags, command: Command) => {
      const database = databaseOf(named, command, environment);
      const bucket = blobs ?? (environment["AVA_PLATFORM_BLOBS"] || undefined);
      const { where, damage, checked, advice } = database === undefined ? await inFolder(data) : await inDatabase(database, bucket);
      const isWhole = damage.length === 0;
      if (json === true) process.stdout.write(`${JSON.stringify({ isWhole, damage, checked }, undefined, 2)}\n`);
      else for (const { file, place, what } of damage) process.stdout.write(`${file === undefined ? "" : `${file}, `}${place}: ${what}.\n`);
      if (!isWhole)
        throw new PlatformError("store_damaged", `${counted(damage.length, "place is", "places are")} damaged in ${where}. ${advice}.`);
      if (json === true) return;
      const counts = Object.entries(checked).map(([what, count]) => counted(count, oneOf(what), what));
      process.stdout.write(`The store in ${where} is whole: ${counts.join(", ")}.\n`);
    });
}

/** @returns the singular of what is counted */
function oneOf(what: string): string {
  return what === "series" ? what : what.replace(/s\b/, "");
}

async function inFolder(data: string): Promise<Found> {
  // Before anything opens its database.
  const changed = isBackup(data) ? await damageOf(data, await readManifest(data)) : [];
  const { damage, checked } = checkStore(data);
  const files = changed.map(({ file, what }) => ({ file, place: "the file", what }));
  return { where: data, damage: [...files, ...damage], checked, advice: DAMAGE_ADVICE };
}

async function inDatabase(url: string, bucket: string | undefined): Promise<Found> {
  const advice = "To get it back, restore the database from a copy; what is not damaged is served meanwhile";
  const blobs = bucket === undefined ? undefined : await Blobs.open({ spec: bucket }, (message) => process.stderr.write(`${message}\n`));
  try {
    return { where: withoutPassword(url), ...(await checkPostgres(url, blobs)), advice };
  } finally {
    blobs?.close();
  }
}
