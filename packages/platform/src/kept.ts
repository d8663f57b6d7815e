import { type AccessKeep, folderKeep } from "./access/access-keep.js";
import { SharedAccess } from "./replicas/shared-access.js";
import type { Store } from "./store/contract/store.js";
import type { SyncPolicy } from "./store/embedded/log/append-log.js";
import { openStore } from "./store/embedded/open.js";
import { openPostgres } from "./store/postgres/open.js";
import type { SegmentObjects } from "./store/postgres/segments/bodies.js";

/** Where a platform keeps what it has to keep. */
export interface KeptOptions {
  /** Folder of the store. */
  dataDir: string;
  /** PostgreSQL that is the store, for this process as for its other replicas. @defaultValue the folder */
  database?: string | undefined;
  /** As of the embedded store. */
  sync?: SyncPolicy | undefined;
  checkpointBytes?: number | undefined;
  checkpointMs?: number | undefined;
  /** Where segments of points are kept, where there is a database. @defaultValue in the database */
  blobs?: SegmentObjects | undefined;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Told of things a person should know. */
  warn: (message: string) => void;
}

/** What a platform keeps, opened. */
export interface Kept {
  store: Store;
  access: AccessKeep;
  /** @returns by how many milliseconds the clock of this process is ahead of the one that all replicas share */
  clockAheadMs(): Promise<number>;
  close(): Promise<void>;
}

/** @throws PlatformError of the store; `store_failed` says which database cannot be reached */
export async function openKept({ dataDir, database, now, warn, blobs, ...rest }: KeptOptions): Promise<Kept> {
  if (database === undefined) {
    const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    const store = openStore({ dataDir, now, warn, ...given });
    try {
      return { store, access: folderKeep(dataDir, now, warn), clockAheadMs: async () => 0, close: () => store.close() };
    } catch (error) {
      await store.close();
      throw error;
    }
  }
  const { checkpointBytes: minBytes, checkpointMs: maxAgeMs } = rest;
  const sealing = { ...(minBytes === undefined ? {} : { minBytes }), ...(maxAgeMs === undefined ? {} : { maxAgeMs }) };
  const store = await openPostgres({ url: database, now, warn, sealing, objects: blobs });
  try {
    const access = await SharedAccess.open(database, now);
    const close = async (): Promise<void> => {
      await access.close();
      await store.close();
    };
    return { store, access, clockAheadMs: () => store.clockAheadMs(), close };
  } catch (error) {
    await store.close();
    throw error;
  }
}
