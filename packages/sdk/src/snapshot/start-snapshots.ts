import { openStorage } from "../storage/open-storage.js";
import type { StorageSettings } from "../storage/settings.js";
import { JobFolder } from "./job-folder.js";
import { createRegisterModel } from "./register-model.js";
import type { RetentionPolicy } from "./retention.js";
import type { SettleOptions } from "./settle.js";
import { SnapshotLoop, type SnapshotLoopEvents } from "./snapshot-loop.js";

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
  /** Goes on until a deadline. @returns how many snapshots still wait then */
  drain(deadlineMs: number): Promise<number>;
}

/**
 * Starts to bring a run's snapshots to storage and platform.
 *
 * @param start - folders, storage, platform
 * @param events - what to tell the run
 * @returns the running work
 */
export async function startSnapshots(start: SnapshotStart, events: SnapshotLoopEvents): Promise<RunningSnapshots> {
  const { folder, temporaryFolder, platformUrl, token, retention, settle } = start;
  const loop = new SnapshotLoop(
    {
      jobs: new JobFolder(folder),
      temporaryFolder,
      storage: await openStorage(start.storage),
      register: createRegisterModel(platformUrl, token),
      ...(retention ? { retention } : {}),
      ...(settle ? { settle } : {}),
    },
    events,
  );
  const running = loop.run();
  return { drain: (deadlineMs) => loop.drain(running, deadlineMs) };
}
