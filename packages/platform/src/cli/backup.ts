import { readFileSync } from "node:fs";
import { Command } from "commander";
import { backup } from "../backup/backup.js";
import type { Manifest } from "../backup/manifest.js";
import { restore } from "../backup/restore.js";
import { counted } from "../counted.js";

/** @returns the command `backup`: copies a data folder */
export function backupCommand(): Command {
  return new Command("backup")
    .description(
      "copy a data folder, also while a platform has it open; everything that was acknowledged before is in the copy, which is a data folder itself",
    )
    .option("--data <folder>", "folder of the store", "./ava-data")
    .requiredOption("--to <folder>", "folder of the copy; not there yet, or empty")
    .option("--json", 'print {"version", "begun", "platform", "files": [{"path", "bytes", "sha256"}]}')
    .action(async ({ data, to, json }: { data: string; to: string; json?: boolean }) => {
      const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string };
      const made = await backup(data, to, version);
      print(json, made, `${data} as it was at ${made.begun} is in ${to}: ${sizeOf(made)}.`);
    });
}

/** @returns the command `restore`: makes a data folder of a backup */
export function restoreCommand(): Command {
  return new Command("restore")
    .description("make a data folder of a backup, and see that every byte is as it was written")
    .requiredOption("--from <folder>", "folder of the backup")
    .option("--data <folder>", "folder of the store; not there yet, or empty", "./ava-data")
    .option("--json", 'print {"version", "begun", "platform", "files": [{"path", "bytes", "sha256"}]}')
    .action(async ({ from, data, json }: { from: string; data: string; json?: boolean }) => {
      const made = await restore(from, data);
      print(json, made, `${data} is as it was at ${made.begun}: ${sizeOf(made)}.`);
    });
}

function print(json: boolean | undefined, manifest: Manifest, sentence: string): void {
  process.stdout.write(`${json === true ? JSON.stringify(manifest) : sentence}\n`);
}

function sizeOf({ files }: Manifest): string {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return `${counted(files.length, "file")}, ${(bytes / 1e6).toFixed(1)} MB`;
}
