import { existsSync } from "node:fs";
import { join } from "node:path";
import { PlatformError } from "../error.js";
import { openStore } from "../store/embedded/open.js";
import { openPostgres } from "../store/postgres/open.js";
import type { SegmentObjects } from "../store/postgres/segments/bodies.js";
import type { CopiedStore } from "../store/state/adopt.js";
import { markDatabase, markFolder } from "../store/unfinished-copy.js";

/** A store that is copied from or to. */
export interface End {
  store: CopiedStore;
  /** What its commands take for the time now, in milliseconds since 1970. */
  clock: { nowMs: number };
  /** Lets no platform start on it until it is whole. */
  mark(isUnfinished: boolean): Promise<void>;
}

/**
 * Opens a store. No platform may have a data folder open meanwhile, or write to the database.
 *
 * @param place - data folder, or `postgres://...`
 * @param blobs - bucket of a database's segments, where there is one
 * @param isTarget - where nothing is there yet, it is made
 * @throws PlatformError `data_dir_unusable`, `store_locked`, `usage`, `store_failed`
 */
export async function openEnd(place: string, isTarget: boolean, warn: (message: string) => void, blobs?: SegmentObjects): Promise<End> {
  const clock = { nowMs: Date.now() };
  const now = (): number => clock.nowMs;
  // Nothing of a source is changed, nor of its bucket.
  const sealing = isTarget ? {} : { everyMs: 0 };
  if (isDatabase(place)) {
    const store = await openPostgres({ url: place, now, warn, objects: blobs, sealing });
    return { store, clock, mark: (isUnfinished) => markDatabase(place, isUnfinished) };
  }
  if (/^\w+:\/\//.test(place)) {
    throw new PlatformError(
      "usage",
      `${place.split(":")[0]}:// is not a store. Name a data folder, or a database as postgres://USER:PASSWORD@HOST:5432/NAME.`,
    );
  }
  if (!isTarget && !existsSync(join(place, "store.db"))) {
    throw new PlatformError("data_dir_unusable", `There is no store in ${place}. Name the folder or the database that is to be copied.`);
  }
  return { store: openStore({ dataDir: place, now, warn }), clock, mark: async (isUnfinished) => markFolder(place, isUnfinished) };
}

/** @returns whether a place is a database, not a folder */
export function isDatabase(place: string): boolean {
  return /^postgres(ql)?:/.test(place);
}
