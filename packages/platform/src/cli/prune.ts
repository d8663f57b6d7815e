import { Command } from "commander";
import { counted } from "../counted.js";
import { openStore } from "../store/embedded/open.js";
import { refuseBackup, refuseMissing } from "./changed-folder.js";

/** @returns the command `prune`: removes what was deleted and can no longer be restored */
export function pruneCommand(): Command {
  return new Command("prune")
    .description(
      "remove for good what was deleted more than seven days ago, while no platform has the data folder open; a platform does so itself every hour",
    )
    .option("--data <folder>", "folder of the store", "./ava-data")
    .option("--json", 'print {"removed"}')
    .action(async ({ data, json }: { data: string; json?: boolean }) => {
      refuseMissing(data);
      refuseBackup(data);
      const store = openStore({ dataDir: data, warn: (message) => process.stderr.write(`${message}\n`) });
      try {
        const removed = await store.prune();
        process.stdout.write(
          json === true
            ? `${JSON.stringify({ removed })}\n`
            : `${counted(removed, "deleted instance was", "deleted instances were")} removed.\n`,
        );
      } finally {
        await store.close();
      }
    });
}
