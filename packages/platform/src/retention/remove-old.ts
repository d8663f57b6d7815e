import { PlatformError } from "../error.js";
import type { RunFiles } from "../files/run-files.js";
import type { Clock } from "../query/instances.js";
import type { Store } from "../store/contract/store.js";
import { deleteExpired } from "./delete-expired.js";

/** A file that is written is written to more often. */
const OLD_PART_MS = 3_600_000;

/** By how much the clock of a replica may be ahead of the database's where days are counted. */
const MOST_AHEAD_MS = 300_000;

/** What a platform removes from, and by which clock. */
export interface Removal {
  store: Store;
  /** Of runs. */
  files: RunFiles;
  /** Of this process. */
  clock: Clock;
  /** @returns by how many milliseconds it is ahead of the clock that all replicas share */
  clockAheadMs(): Promise<number>;
  /** Told what was deleted, and what could not be done. */
  warn(message: string): void;
}

/**
 * Deletes runs that are older than their training keeps them, and removes for good what was deleted and can no longer be restored. A replica whose clock is ahead
 * of the database's does neither: to it, live runs of other replicas are old.
 */
export async function removeOld({ store, files, clock, clockAheadMs, warn }: Removal): Promise<void> {
  const tell = (error: unknown): void =>
    warn(`Old runs, or what was deleted, were not removed: ${error instanceof Error ? error.message : String(error)}`);
  const aheadMs = await clockAheadMs().catch(tell);
  if (aheadMs === undefined) return;
  if (aheadMs > MOST_AHEAD_MS) {
    warn(
      `The clock of this machine is ${Math.round(aheadMs / 1000)} s ahead of the database's: nothing old is removed here. Set the clock (NTP).`,
    );
    return;
  }
  await deleteExpired(store, clock, warn).catch(tell);
  await store.prune().catch(tell);
  await removeFiles(files, store).catch(tell);
}

/** Removes files of instances that are gone for good, and what a platform that was killed had begun to write. */
async function removeFiles(files: RunFiles, store: Store): Promise<void> {
  for (const id of await files.instances()) {
    const error: unknown = await store.instance(id).catch((reason: unknown) => reason);
    if (error instanceof PlatformError && error.code === "not_found") await files.remove(id, "");
    else await files.removeParts(id, Date.now() - OLD_PART_MS);
  }
}
