import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type AccessKeep, folderKeep } from "./access/access-keep.js";
import { readPrivateFile, writePrivateFile } from "./access/token-file.js";
import { SharedAccess } from "./replicas/shared-access.js";
import { type BeatKeep, BucketClaim } from "./store/bucket-owner/claim.js";
import { claimBucket } from "./store/bucket-owner/owner.js";
import type { Store } from "./store/contract/store.js";
import type { SyncPolicy } from "./store/embedded/log/append-log.js";
import { asRefusal, isFull } from "./store/embedded/log/refusal.js";
import { openStore } from "./store/embedded/open.js";
import { openPostgres } from "./store/postgres/open.js";
import type { SegmentObjects } from "./store/postgres/segments/bodies.js";
import { refuseUnfinishedDatabase, refuseUnfinishedFolder } from "./store/unfinished-copy.js";

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
  /** Where files of runs are kept, and where there is a database segments of points. @defaultValue the folder, the database */
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
  /** To be held before anything is changed in the bucket; absent where there is none. */
  bucketClaim: BucketClaim | undefined;
  /** @returns milliseconds since 1970, not ahead of the clock that all replicas share: who was heard last, and who is lost, is told by the same time everywhere */
  now(): number;
  /** @returns by how many milliseconds the clock of this process is ahead of the one that all replicas share */
  clockAheadMs(): Promise<number>;
  close(): Promise<void>;
}

/** @throws PlatformError of the store; `store_failed` says which database cannot be reached; `usage` where a copy to it did not come to its end */
export async function openKept({ dataDir, database, now, warn, blobs, ...rest }: KeptOptions): Promise<Kept> {
  if (database === undefined) {
    const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    refuseUnfinishedFolder(dataDir);
    const store = openStore({ dataDir, now, warn, ...given });
    try {
      const bucketClaim =
        blobs && new BucketClaim(blobs, folderBeats(dataDir), () => claimBucket(blobs, folderIdentity(dataDir), async () => undefined));
      await bucketClaim?.holdUnlessSilent();
      bucketClaim?.watch(warn);
      const close = async (): Promise<void> => {
        bucketClaim?.close();
        await store.close();
      };
      return { store, access: folderKeep(dataDir, now, warn), bucketClaim, now, clockAheadMs: async () => 0, close };
    } catch (error) {
      await store.close();
      throw error;
    }
  }
  const { checkpointBytes: minBytes, checkpointMs: maxAgeMs } = rest;
  const sealing = { ...(minBytes === undefined ? {} : { minBytes }), ...(maxAgeMs === undefined ? {} : { maxAgeMs }) };
  const store = await openPostgres({ url: database, now, warn, sealing, objects: blobs });
  try {
    await refuseUnfinishedDatabase(database);
    const access = await SharedAccess.open(database, now);
    const { bucketClaim } = store;
    bucketClaim?.watch(warn);
    const close = async (): Promise<void> => {
      bucketClaim?.close();
      await access.close();
      await store.close();
    };
    return { store, access, bucketClaim, now: () => store.now(), clockAheadMs: () => store.clockAheadMs(), close };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** @returns what names a data folder in a bucket; backups have it, too, since one takes the place of its original */
function folderIdentity(dataDir: string): string {
  const path = join(dataDir, "bucket-owner");
  const kept = readPrivateFile(path)?.trim();
  if (kept !== undefined && kept !== "") return kept;
  const made = `data folder ${randomBytes(12).toString("hex")}`;
  writePrivateFile(path, `${made}\n`);
  return made;
}

/** @returns beats that a data folder keeps; backups have none, so that a restored one is told apart from its original */
function folderBeats(dataDir: string): BeatKeep {
  const path = join(dataDir, "bucket-beats");
  return {
    read: async () => readPrivateFile(path)?.trim() ?? "",
    replace: async (_before, after) => {
      try {
        writePrivateFile(path, `${after}\n`);
        return true;
      } catch (error) {
        // Whose the bucket is was seen before: files of runs go there also while this disk is full.
        if (isFull(error)) return false;
        throw asRefusal(error);
      }
    },
  };
}
