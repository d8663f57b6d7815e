import { join } from "node:path";
import type { Settings } from "../place/settings/settings.js";
import { JobFolder, type SnapshotCounts } from "../snapshot/job-folder.js";
import { startSnapshots } from "../snapshot/start-snapshots.js";

/** Longest work on the snapshots of one run. */
const LONGEST_MS = 6 * 3600 * 1000;

/** What {@link syncSnapshots} did. */
export interface SyncedSnapshots extends SnapshotCounts {
  registered: number;
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
  const jobs = new JobFolder(folder);
  const result: SyncedSnapshots = { registered: 0, ...jobs.counts() };
  if (!jobs.isWorkLeft()) return result;
  const { storage, platformUrl, token } = settings;
  const running = await startSnapshots(
    { folder, temporaryFolder: join(runFolder, "tmp"), storage, platformUrl, ...(token ? { token } : {}) },
    {
      onRegistered: () => void (result.registered += 1),
      onSnapshotTrouble: ({ message }) => void (result.reason ??= message),
    },
  );
  return Object.assign(result, await running.drain(Date.now() + LONGEST_MS));
}
