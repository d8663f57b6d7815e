import type { StorageSettings } from "../place/settings/storage-address.js";
import { openStorage } from "../storage/open-storage.js";
import { JobFolder, type SnapshotCounts } from "./job-folder.js";
import { createRegisterModel } from "./register-model.js";
import type { RetentionPolicy } from "./retention.js";
import type { SettleOptions } from "./settle.js";
import { SnapshotLoop, type SnapshotLoopEvents } from "./snapshot-loop.js";
import { createTellGivenUp } from "./tell-given-up.js";

/** What the work on a run's snapshots is started with; plain values, since it crosses to another thread. */
export interface SnapshotStart {
  /** `snapshots` of the run's folder. */
  folder: string;
  /** `tmp` of the run's folder. */
  temporaryFolder: string;
  storage: StorageSettings;
  platformUrl: string;
  token?: string;
  retention?: RetentionPolicy;
  settle?: SettleOptions;
}

/** The work on a run's snapshots, going on. */
export interface RunningSnapshots {
  /** Waits until nothing is left but what fails, or a deadline. @returns how many snapshots did not come to their end */
  settle(deadlineMs: number): Promise<SnapshotCounts>;
  /** As `settle`, then ends the work. */
  drain(deadlineMs: number): Promise<SnapshotCounts>;
}

/**
 * Starts to bring a run's snapshots to storage and platform.
 *
 * @param start - folders, storage, platform
 * @param events - what to tell the run
 * @param isRunOver - whether the run has ended: files that are missing then will not come. Default: when it is drained
 * @returns the running work
 * @throws AvaError of a wrong storage
 */
export async function startSnapshots(
  start: SnapshotStart,
  events: SnapshotLoopEvents,
  isRunOver?: () => boolean,
): Promise<RunningSnapshots> {
  const { folder, temporaryFolder, platformUrl, token, retention, settle } = start;
  const loop = new SnapshotLoop(
    {
      jobs: new JobFolder(folder),
      temporaryFolder,
      storage: await openStorage(start.storage),
      register: createRegisterModel(platformUrl, token),
      tellGivenUp: createTellGivenUp(platformUrl, token),
      ...(retention ? { retention } : {}),
      ...(settle ? { settle } : {}),
      ...(isRunOver ? { isRunOver } : {}),
    },
    events,
  );
  void loop.run();
  return loop;
}
