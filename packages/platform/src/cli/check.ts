import { Command } from "commander";
import { damageOf, isBackup, readManifest } from "../backup/manifest.js";
import { PlatformError } from "../error.js";
import { checkStore } from "../store/embedded/check.js";
import { DAMAGE_ADVICE } from "../store/embedded/damage.js";

/** @returns the command `check`: lists what is damaged in a data folder */
export function checkCommand(): Command {
  return new Command("check")
    .description("list what is damaged in a data folder or a backup, also while a platform has it open; exit code 0: whole, 1: damage")
    .option("--data <folder>", "folder of the store", "./ava-data")
    .option("--json", 'print {"isWhole", "damage": [{"file", "place", "what"}], "checked"}')
    .action(async ({ data, json }: { data: string; json?: boolean }) => {
      // Before anything opens its database.
      const changed = isBackup(data) ? await damageOf(data, await readManifest(data)) : [];
      const { damage: found, checked } = checkStore(data);
      const damage = [...changed.map(({ file, what }) => ({ file, place: "the file", what })), ...found];
      const isWhole = damage.length === 0;
      if (json === true) process.stdout.write(`${JSON.stringify({ isWhole, damage, checked }, undefined, 2)}\n`);
      else for (const { file, place, what } of damage) process.stdout.write(`${file}, ${place}: ${what}.\n`);
      if (!isWhole)
        throw new PlatformError(
          "store_damaged",
          `${damage.length} ${damage.length === 1 ? "place" : "places"} in ${data} damaged. ${DAMAGE_ADVICE}.`,
        );
      if (json === true) return;
      const counts = Object.entries(checked).map(([what, count]) => `${count} ${what}`);
      process.stdout.write(`The store in ${data} is whole: ${counts.join(", ")}.\n`);
    });
}
