import { join } from "node:path";
import type { Settings } from "../settings/settings.js";
import { JobFolder } from "./job-folder.js";
import { startSnapshots } from "./start-snapshots.js";

/** Longest work on the snapshots of one run. */
const LONGEST_MS = 6 * 3600 * 1000;

/** What {@link syncSnapshots} did. */
export interface SyncedSnapshots {
  registered: number;
  /** Still waiting. */
  waiting: number;
  /** Why the first one that waits does. */
  reason?: string;
}

/**
 * Goes on with the snapshots that a dead run left.
 *
 * @param runFolder - `run/<id>` of a workspace
 * @param settings - storage and platform
 * @returns what was done; nothing when none waits
 */
export async function syncSnapshots(runFolder: string, settings: Settings): Promise<SyncedSnapshots> {
  const folder = join(runFolder, "snapshots");
  const result: SyncedSnapshots = { registered: 0, waiting: new JobFolder(folder).waitingIds().length };
  if (result.waiting === 0) return result;
  const { storage, platformUrl, token } = settings;
  const running = await startSnapshots(
    { folder, temporaryFolder: join(runFolder, "tmp"), storage, platformUrl, ...(token ? { token } : {}) },
    {
      onRegistered: () => void (result.registered += 1),
      onTrouble: (model, reason) => void (result.reason ??= `${model}: ${reason}`),
    },
  );
  result.waiting = await running.drain(Date.now() + LONGEST_MS);
  return result;
}
