import { Command } from "commander";
import { listRuns, type SyncedRun, syncRun } from "../agent/sync.js";
import { AvaError } from "../place/error.js";
import { resolveSettings } from "../place/settings/settings.js";
import { findWorkspace } from "../place/workspace/find-workspace.js";
import { failUsage } from "./options.js";

interface SyncFlags {
  workspace?: string;
  platform?: string;
  json?: true;
}

/** @returns the command `ava-sdk sync` */
export function buildSyncCommand(): Command {
  return new Command("sync")
    .description("Send to the platform what is left in the journals of runs, also of runs that still go on.")
    .argument("[run_dir...]", "run folders; default: all below the workspace")
    .option("--workspace <folder>", "workspace (AVA_WORKSPACE, /workspace, ./ava-workspace)")
    .option("--platform <url>", "platform (AVA_PLATFORM_URL, default http://127.0.0.1:5660)")
    .option("--json", "print one JSON object a run")
    .action(sync);
}

async function sync(folders: string[], flags: SyncFlags): Promise<void> {
  const workspace = findWorkspace(flags.workspace);
  try {
    const settings = resolveSettings(
      { platformUrl: flags.platform },
      workspace,
      (message) => void process.stderr.write(`ava-sdk: ${message}\n`),
    );
    const runs = folders.length > 0 ? folders : listRuns(workspace);
    if (runs.length === 0 && !flags.json) process.stdout.write(`nothing to send below ${workspace}\n`);
    for (const run of runs) {
      const synced = await syncRun(run, settings);
      process.stdout.write(`${flags.json ? JSON.stringify(synced) : describe(synced)}\n`);
      if (!synced.isComplete) {
        process.stderr.write(
          `ava-sdk: ${synced.instance} could not be sent whole: ${synced.reason}. What is left stays in its journal; try again later. Platform: ${settings.platformUrl}\n`,
        );
        process.exitCode = 1;
        if (synced.isPlatformAway) return;
      }
    }
  } catch (error) {
    if (error instanceof AvaError) failUsage(error.message);
    throw error;
  }
}

function describe({ instance, records, isLive, refusedRecords, damagedBytes, snapshots }: SyncedRun): string {
  const notes = [
    isLive ? "still running, or on another host" : "",
    snapshots > 0 ? `${snapshots} snapshots stored` : "",
    refusedRecords > 0 ? `${refusedRecords} refused by the platform` : "",
    damagedBytes > 0 ? `${damagedBytes} damaged bytes skipped` : "",
  ].filter(Boolean);
  return `${instance}: ${records} records sent${notes.length > 0 ? ` (${notes.join(", ")})` : ""}`;
}
